{{ config(materialized='view') }}  -- always of the latest day, and small

with

movies as (

    select * from {{ ref('vw_movie_latest') }}

),

placed as (

    select
        movie_id,
        title,
        release_date,
        popularity,
        vote_average,
        vote_count,
        popularity_rank,
        rank_change,
        seen_day_count,
        snapshot_date,
        row_number() over (
            order by
                popularity desc nulls last,
                vote_average desc nulls last,
                vote_count desc nulls last,
                movie_id asc
        ) as top_rank
    from movies
    where is_latest

),

-- one row per film of the first 200, as the brief has it
top_movies as (

    select * from placed
    where top_rank <= 200

)

select * from top_movies
