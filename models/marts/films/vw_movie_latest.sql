{{ config(materialized='view') }}  -- always of the latest day, and small

with

movies as (

    select * from {{ ref('dim_movies') }}

),

days as (

    select * from {{ ref('fct_movies_daily') }}

),

latest_day as (

    select max(last_seen_date) as latest_date
    from movies

),

-- one row per film; what left the lists keeps its last numbers, so their age is beside them
latest as (

    select
        movies.movie_id,
        movies.title,
        movies.release_date,
        days.popularity,
        days.popularity_rank,
        days.rank_change,
        days.vote_average,
        days.vote_count,
        days.seen_day_count,
        days.snapshot_date,
        {{ days_between('days.snapshot_date', 'latest_day.latest_date') }} as age_days,
        {{ days_between('days.snapshot_date', 'latest_day.latest_date') }}
        <= {{ var('films_latest_days') }} as is_latest
    from movies
    inner join days
        on movies.movie_id = days.movie_id and movies.last_seen_date = days.snapshot_date
    cross join latest_day
    where not movies.is_adult

)

select * from latest
