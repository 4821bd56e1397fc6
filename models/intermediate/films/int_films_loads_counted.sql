-- How many answers each load holds by now. A load only adds rows of its own, so a load of which as
-- many are left as before is unchanged.

with

answers as (

    select * from {{ ref('int_films_answers_unioned') }}

),

-- one row per kind of answer and load
counted as (

    select
        answer_kind,
        _load_id,
        count(*) as spoken_count
    from answers
    group by answer_kind, _load_id

)

select * from counted
