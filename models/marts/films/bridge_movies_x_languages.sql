-- The languages spoken in a film or, if none is known, the one that it was made in.

with

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

movie_languages as (

    select * from {{ ref('stg_tmdb__movie_languages') }}

),

linked as (

    select
        movies.movie_id,
        coalesce(movie_languages.film_language_code, lower(movies.original_language_code))
            as film_language_code
    from movies
    left join movie_languages on movies.details_row_id = movie_languages._parent_row_id
    group by all

),

-- one row per film and language; the weights of a film add up to 1
weighted as (

    select
        movie_id,
        film_language_code,
        cast(1 as double) / count(*) over (partition by movie_id) as weight
    from linked
    where film_language_code is not null

)

select * from weighted
