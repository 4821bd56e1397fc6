-- An answer that does not say its day is of the day on which it was loaded; one of a day that is
-- still to come is set aside.

with

answers as (

    select * from {{ ref('int_films_answers_unioned') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- TMDb began in 2008: an earlier day in a name is of something else
sent as (

    select
        *,
        case when snapshot_date >= date '2008-01-01' then snapshot_date end as said_date
    from answers

),

dated as (

    select
        sent.movie_id,
        sent.answer_kind,
        case sent.answer_kind when 'details' then 1 when 'list' then 2 else 3 end
            as answer_order,
        sent.film_list,
        sent.page_number,
        sent.popularity,
        -- the mean of no votes is none
        case when sent.vote_count > 0 then sent.vote_average end as vote_average,
        sent.vote_count,
        sent.title,
        sent.original_title,
        sent.original_language_code,
        sent.genre_ids,
        sent.release_date,
        sent.is_adult,
        coalesce(sent.said_date, loads.started_date) as snapshot_date,
        coalesce({{ days_between('loads.started_date', 'sent.said_date') }} > 1, false)
            as is_set_aside,
        sent._row_id
    from sent
    inner join loads on sent._load_id = loads._load_id

)

select * from dated
