-- A film of no known country is of the unknown one, ZZ: it is counted, never dropped.

with

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

movie_countries as (

    select * from {{ ref('stg_tmdb__movie_countries') }}

),

linked as (

    select
        movies.movie_id,
        coalesce(movie_countries.country_code, 'ZZ') as country_code
    from movies
    left join movie_countries on movies.details_row_id = movie_countries._parent_row_id
    group by all

),

-- one row per film and country; the weights of a film add up to 1
weighted as (

    select
        movie_id,
        country_code,
        cast(1 as double) / count(*) over (partition by movie_id) as weight
    from linked

)

select * from weighted
