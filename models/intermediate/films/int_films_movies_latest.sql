-- What is known of each film by now: its latest details or, if they were never asked for, what the
-- latest list or export says.

-- each bridge and dimension would rank all answers again
{{ config(materialized='table') }}

with

answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

details as (

    select * from {{ ref('int_films_details_dated') }}

),

absences as (

    select * from {{ ref('stg_tmdb__movie_absences') }}

),

mentioned as (

    select
        movie_id,
        min(snapshot_date) as first_seen_date,
        max(snapshot_date) as last_seen_date,
        max(snapshot_date) filter (where answer_kind = 'details') as details_date,
        max(snapshot_date) filter (where answer_kind = 'export') as last_exported_date
    from answers
    where not is_set_aside
    group by movie_id

),

listed as (

    select
        *,
        row_number() over (
            partition by movie_id
            order by
                answer_order asc,
                snapshot_date desc,
                vote_count desc nulls last,
                title asc,
                film_list asc,
                _row_id asc
        ) as answer_rank
    from answers
    where not is_set_aside and answer_kind <> 'details'

),

absent as (

    select
        movie_id,
        max(absence_date) as absence_date
    from absences
    group by movie_id

),

-- one row per film
latest as (

    select
        mentioned.movie_id,
        coalesce(details.title, listed.title, details.original_title, listed.original_title)
            as title,
        coalesce(details.original_title, listed.original_title) as original_title,
        coalesce(details.original_language_code, listed.original_language_code)
            as original_language_code,
        details.film_status,
        details.imdb_id,
        details.homepage,
        details.collection_id,
        details.collection_name,
        coalesce(details.release_date, listed.release_date) as release_date,
        details.runtime_minutes,
        details.budget_usd,
        details.revenue_usd,
        coalesce(details.is_adult, listed.is_adult, false) as is_adult,
        coalesce(details.is_video, false) as is_video,
        mentioned.first_seen_date,
        mentioned.last_seen_date,
        mentioned.details_date,
        mentioned.last_exported_date,
        -- a film that was seen again is not gone
        case when absent.absence_date >= mentioned.last_seen_date then absent.absence_date end
            as absence_date,
        -- what links it to genres: its details, else a list
        case when details._row_id is null then listed.genre_ids end as genre_ids,
        details._row_id as details_row_id
    from mentioned
    left join details
        on mentioned.movie_id = details.movie_id and mentioned.details_date = details.snapshot_date
    left join listed on mentioned.movie_id = listed.movie_id and listed.answer_rank = 1
    left join absent on mentioned.movie_id = absent.movie_id

)

select * from latest
