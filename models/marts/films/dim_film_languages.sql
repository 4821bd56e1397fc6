with

links as (

    select * from {{ ref('bridge_movies_x_languages') }}

),

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

languages as (

    select * from {{ ref('stg_tmdb__languages') }}

),

movie_languages as (

    select * from {{ ref('stg_tmdb__movie_languages') }}

),

mentioned as (

    select
        film_language_code,
        language_name
    from languages

    union distinct

    select
        film_language_code,
        language_name
    from movie_languages

    union distinct

    select
        film_language_code,
        cast(null as string) as language_name
    from links

    union distinct

    select
        lower(original_language_code) as film_language_code,
        cast(null as string) as language_name
    from movies

),

-- one row per language that is listed or that a film has
named as (

    select
        film_language_code,
        'language:' || film_language_code as subject_id,
        coalesce(min(language_name), film_language_code) as language_name
    from mentioned
    where film_language_code is not null
    group by film_language_code

)

select * from named
