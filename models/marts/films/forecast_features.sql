-- For forecasting popularity: a row knows what was known on its day and no more. Only the two
-- targets are of later days, and only if the film was seen on them.

-- as large as the day's fact, and read as a whole by who trains a model, so no build makes it
{{ config(materialized='view') }}

with

days as (

    select * from {{ ref('fct_movies_daily') }}

),

movies as (

    select * from {{ ref('dim_movies') }}

),

-- one row per film and day on which it was seen
framed as (

    select
        days.movie_id,
        days.snapshot_date,
        days.popularity,
        days.popularity_rank,
        days.vote_average,
        days.vote_count,
        days.missed_days,
        {{ days_between('days.stated_release_date', 'days.snapshot_date') }} as days_since_release,
        cast(count(*) over past_week as bigint) as seen_days_of_7,
        -- decimals add up to the same sum in any order, so a view is the same whenever it is read
        cast(sum(cast(days.popularity as decimal(18, 6))) over past_week as double)
        / count(days.popularity) over past_week as average_popularity_of_7_days,
        max(days.popularity) over day_before as popularity_day_before,
        max(days.popularity) over week_before as popularity_week_before,
        days.vote_count - max(days.vote_count) over week_before as votes_of_7_days,
        -- Monday is 1
        {{ days_between("date '1999-12-27'", 'days.snapshot_date') }} % 7 + 1 as weekday_number,
        max(days.popularity) over day_after as target_popularity_next_day,
        max(days.popularity) over week_after as target_popularity_next_week
    from days
    inner join movies on days.movie_id = movies.movie_id
    where not movies.is_adult
    -- but for the first, each is of one day, on which a film has one row or none
    window
        past_week as (
            partition by days.movie_id
            order by days.snapshot_date
            range between interval '6' day preceding and current row
        ),
        day_before as (
            partition by days.movie_id
            order by days.snapshot_date
            range between interval '1' day preceding and interval '1' day preceding
        ),
        week_before as (
            partition by days.movie_id
            order by days.snapshot_date
            range between interval '7' day preceding and interval '7' day preceding
        ),
        day_after as (
            partition by days.movie_id
            order by days.snapshot_date
            range between interval '1' day following and interval '1' day following
        ),
        week_after as (
            partition by days.movie_id
            order by days.snapshot_date
            range between interval '7' day following and interval '7' day following
        )

)

select * from framed
