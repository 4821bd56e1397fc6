-- A genre that TMDb has retired is still on older films, so its name may be unknown.

with

links as (

    select * from {{ ref('bridge_movies_x_genres') }}

),

genres as (

    select * from {{ ref('stg_tmdb__genres') }}

),

movie_genres as (

    select * from {{ ref('stg_tmdb__movie_genres') }}

),

mentioned as (

    select
        film_genre_id,
        genre_name
    from genres

    union distinct

    select
        film_genre_id,
        genre_name
    from movie_genres

    union distinct

    select
        film_genre_id,
        cast(null as string) as genre_name
    from links

),

-- one row per genre that is listed or that a film has; of names in two languages the first
named as (

    select
        film_genre_id,
        'genre:film-' || cast(film_genre_id as string) as subject_id,
        coalesce(min(genre_name), 'Genre ' || cast(film_genre_id as string)) as genre_name,
        min(genre_name) is not null as is_named
    from mentioned
    group by film_genre_id

)

select * from named
