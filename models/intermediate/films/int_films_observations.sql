-- A day on which a film was not seen has no observation, and nobody's mean vote is none.

with

days as (

    select * from {{ ref('fct_movies_daily') }}

),

movies as (

    select * from {{ ref('dim_movies') }}

),

counted as (

    select
        movies.subject_id,
        days.snapshot_date as observed_date,
        days.popularity,
        days.vote_count,
        days.vote_average,
        days.popularity_rank
    from days
    inner join movies on days.movie_id = movies.movie_id
    where not movies.is_adult

),

observations as (

    select
        subject_id,
        'tmdb:popularity' as metric_id,
        observed_date,
        popularity as value
    from counted
    where popularity is not null

    union all

    select
        subject_id,
        'tmdb:vote_count' as metric_id,
        observed_date,
        cast(vote_count as double) as value
    from counted
    where vote_count is not null

    union all

    select
        subject_id,
        'tmdb:vote_average' as metric_id,
        observed_date,
        vote_average as value
    from counted
    where vote_average is not null

    union all

    select
        subject_id,
        'tmdb:rank' as metric_id,
        observed_date,
        cast(popularity_rank as double) as value
    from counted
    where popularity_rank is not null

)

select * from observations
