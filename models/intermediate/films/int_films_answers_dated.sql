-- An answer that does not say its day is of the day on which it was loaded; one of a day that is
-- still to come is set aside.

with

answers as (

    select * from {{ ref('int_films_answers_unioned') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

dated as (

    select
        answers.movie_id,
        answers.answer_kind,
        case answers.answer_kind when 'details' then 1 when 'list' then 2 else 3 end
            as answer_order,
        answers.film_list,
        answers.page_number,
        answers.popularity,
        -- the mean of no votes is none
        case when answers.vote_count > 0 then answers.vote_average end as vote_average,
        answers.vote_count,
        answers.title,
        answers.original_title,
        answers.original_language_code,
        answers.genre_ids,
        answers.release_date,
        answers.is_adult,
        coalesce(answers.snapshot_date, loads.started_date) as snapshot_date,
        coalesce({{ days_between('loads.started_date', 'answers.snapshot_date') }} > 1, false)
            as is_set_aside,
        answers._row_id
    from answers
    inner join loads on answers._load_id = loads._load_id

)

select * from dated
