with

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

named as (

    select
        movie_id,
        'film:' || cast(movie_id as string) as subject_id,
        title,
        original_title,
        original_language_code,
        film_status,
        imdb_id,
        homepage,
        collection_id,
        collection_name,
        runtime_minutes,
        budget_usd,
        revenue_usd,
        is_adult,
        is_video,
        absence_date is not null as is_gone,
        details_date is not null as has_details,
        release_date,
        first_seen_date,
        last_seen_date,
        details_date,
        last_exported_date,
        absence_date
    from movies

)

select * from named
