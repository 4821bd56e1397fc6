with

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

movie_companies as (

    select * from {{ ref('stg_tmdb__movie_companies') }}

),

linked as (

    select
        movies.movie_id,
        movie_companies.company_id
    from movies
    inner join movie_companies on movies.details_row_id = movie_companies._parent_row_id
    group by movies.movie_id, movie_companies.company_id

),

-- one row per film and company; the weights of a film add up to 1
weighted as (

    select
        movie_id,
        company_id,
        cast(1 as double) / count(*) over (partition by movie_id) as weight
    from linked

)

select * from weighted
