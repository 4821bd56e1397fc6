-- The genres of a film's latest details or, if they were never asked for, of the latest list. A
-- link that the source took away is gone.

with

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

movie_genres as (

    select * from {{ ref('stg_tmdb__movie_genres') }}

),

listed as (

    select
        movie_id,
        {{ split_rows("translate(genre_ids, '[] ', '')", ',') }} as genre_text
    from movies
    where genre_ids is not null

),

linked as (

    select
        movies.movie_id,
        movie_genres.film_genre_id
    from movies
    inner join movie_genres on movies.details_row_id = movie_genres._parent_row_id

    union distinct

    select
        movie_id,
        try_cast(genre_text as bigint) as film_genre_id
    from listed

),

-- one row per film and genre; the weights of a film add up to 1
weighted as (

    select
        movie_id,
        film_genre_id,
        cast(1 as double) / count(*) over (partition by movie_id) as weight
    from linked
    where film_genre_id is not null

)

select * from weighted
