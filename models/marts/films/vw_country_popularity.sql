{{ config(materialized='view') }}  -- always of the latest day, and small

with

movies as (

    select * from {{ ref('vw_movie_latest') }}

),

links as (

    select * from {{ ref('bridge_movies_x_countries') }}

),

countries as (

    select * from {{ ref('dim_countries') }}

),

-- one row per film and country
members as (

    select
        countries.country_code,
        countries.country_name,
        countries.continent,
        movies.popularity,
        movies.vote_average,
        movies.vote_count,
        links.weight
    from movies
    inner join links on movies.movie_id = links.movie_id
    inner join countries on links.country_code = countries.country_code
    where movies.is_latest

),

summed as (

    select
        country_code,
        country_name,
        continent,
        -- decimals add up to the same sum in any order, so a view is the same whenever it is read
        cast(sum(cast(popularity as decimal(18, 6))) as double)
        / count(popularity) as average_popularity,
        -- the mean of all votes, not of the films' means
        cast(sum(cast(vote_average * vote_count as decimal(24, 6))) as double)
        / nullif(sum(vote_count) filter (where vote_average is not null), 0) as vote_average,
        count(*) as movie_count,
        cast(sum(vote_count) as bigint) as vote_count,
        cast(sum(cast(weight * vote_count as decimal(24, 9))) as double) as weighted_vote_count,
        cast(sum(cast(weight as decimal(20, 12))) as double) as weighted_movie_count
    from members
    group by all

)

select * from summed
