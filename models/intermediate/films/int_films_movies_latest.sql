-- What is known of each film by now: its latest details or, if they were never asked for, what the
-- latest list or export says.

-- each bridge and dimension would rank all answers again
{{ config(materialized='table') }}

with

settled as (

    select * from {{ ref('int_films_movies_settled') }}

),

newest as (

    select * from {{ ref('int_films_days_planned') }}
    where not is_settled

),

all_days as (

    select * from {{ ref('int_films_days_resolved') }}

),

all_answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

-- once more, so that no engine holds all answers for two readers
all_answers_again as (

    select * from {{ ref('int_films_answers_dated') }}

),

details as (

    select * from {{ ref('int_films_details_dated') }}

),

absences as (

    select * from {{ ref('stg_tmdb__movie_absences') }}

),

{{ summed_films('newest', 'settled') }},

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
        summed.movie_id,
        coalesce(details.title, summed.title, details.original_title, summed.original_title)
            as title,
        coalesce(details.original_title, summed.original_title) as original_title,
        coalesce(details.original_language_code, summed.original_language_code)
            as original_language_code,
        details.film_status,
        details.imdb_id,
        details.homepage,
        details.collection_id,
        details.collection_name,
        coalesce(details.release_date, summed.release_date) as release_date,
        details.runtime_minutes,
        details.budget_usd,
        details.revenue_usd,
        coalesce(details.is_adult, summed.is_adult, false) as is_adult,
        coalesce(details.is_video, false) as is_video,
        summed.first_seen_date,
        summed.last_seen_date,
        summed.details_date,
        summed.last_exported_date,
        -- a film that was seen again is not gone
        case when absent.absence_date >= summed.last_seen_date then absent.absence_date end
            as absence_date,
        -- what links it to genres: its details, else a list
        case when details._row_id is null then summed.genre_ids end as genre_ids,
        details._row_id as details_row_id
    from summed
    left join details
        on summed.movie_id = details.movie_id and summed.details_date = details.snapshot_date
    left join absent on summed.movie_id = absent.movie_id

)

select * from latest
