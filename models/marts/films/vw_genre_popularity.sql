{{ config(materialized='view') }}  -- always of the latest day, and small

with

movies as (

    select * from {{ ref('vw_movie_latest') }}

),

links as (

    select * from {{ ref('bridge_movies_x_genres') }}

),

genres as (

    select * from {{ ref('dim_film_genres') }}

),

-- one row per film and genre, a film of no genre once
members as (

    select
        coalesce(genres.genre_name, 'Unknown') as genre_name,
        movies.popularity,
        movies.vote_average,
        movies.vote_count,
        coalesce(links.weight, 1) as weight
    from movies
    left join links on movies.movie_id = links.movie_id
    left join genres on links.film_genre_id = genres.film_genre_id
    where movies.is_latest

),

summed as (

    select
        genre_name,
        avg(popularity) as average_popularity,
        -- the mean of all votes, not of the films' means
        sum(vote_average * vote_count) filter (where vote_average is not null)
        / nullif(sum(vote_count) filter (where vote_average is not null), 0) as vote_average,
        count(*) as movie_count,
        cast(sum(vote_count) as bigint) as vote_count,
        sum(weight * vote_count) as weighted_vote_count,
        sum(weight) as weighted_movie_count
    from members
    group by all

)

select * from summed
