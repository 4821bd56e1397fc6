-- An answer that does not say its day is of the day on which it was loaded; one of a day that
-- cannot be is set aside.

with

answers as (

    select * from {{ ref('int_films_answers_unioned') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- TMDb began in 2008
sent as (

    select
        answers.*,
        loads.started_date,
        {{ day_problem('answers.snapshot_date', 'loads.started_date', earliest='2008-01-01') }}
            as day_problem
    from answers
    inner join loads on answers._load_id = loads._load_id

),

dated as (

    select
        movie_id,
        answer_kind,
        case answer_kind when 'details' then 1 when 'list' then 2 else 3 end
            as answer_order,
        film_list,
        page_number,
        popularity,
        -- the mean of no votes is none
        case when vote_count > 0 then vote_average end as vote_average,
        vote_count,
        title,
        original_title,
        original_language_code,
        genre_ids,
        release_date,
        is_adult,
        coalesce(snapshot_date, started_date) as snapshot_date,
        day_problem,
        day_problem is not null as is_set_aside,
        _row_id,
        _load_id
    from sent

)

select * from dated
