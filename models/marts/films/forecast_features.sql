-- For forecasting popularity: a row knows what was known on its day and no more. Only the two
-- targets are of later days, and only if the film was seen on them.

with

days as (

    select * from {{ ref('fct_movies_daily') }}

),

movies as (

    select * from {{ ref('dim_movies') }}

),

followed as (

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
        avg(days.popularity) over past_week as average_popularity_of_7_days
    from days
    inner join movies on days.movie_id = movies.movie_id
    where not movies.is_adult
    window past_week as (
        partition by days.movie_id
        order by days.snapshot_date
        range between interval '6' day preceding and current row
    )

),

-- one row per film and day on which it was seen
framed as (

    select
        followed.movie_id,
        followed.snapshot_date,
        followed.popularity,
        followed.popularity_rank,
        followed.vote_average,
        followed.vote_count,
        followed.missed_days,
        followed.days_since_release,
        followed.seen_days_of_7,
        followed.average_popularity_of_7_days,
        day_before.popularity as popularity_day_before,
        week_before.popularity as popularity_week_before,
        followed.vote_count - week_before.vote_count as votes_of_7_days,
        -- Monday is 1
        {{ days_between("date '1999-12-27'", 'followed.snapshot_date') }} % 7 + 1 as weekday_number,
        day_after.popularity as target_popularity_next_day,
        week_after.popularity as target_popularity_next_week
    from followed
    left join days as day_before
        on
            followed.movie_id = day_before.movie_id
            and {{ days_between('day_before.snapshot_date', 'followed.snapshot_date') }} = 1
    left join days as week_before
        on
            followed.movie_id = week_before.movie_id
            and {{ days_between('week_before.snapshot_date', 'followed.snapshot_date') }} = 7
    left join days as day_after
        on
            followed.movie_id = day_after.movie_id
            and {{ days_between('followed.snapshot_date', 'day_after.snapshot_date') }} = 1
    left join days as week_after
        on
            followed.movie_id = week_after.movie_id
            and {{ days_between('followed.snapshot_date', 'week_after.snapshot_date') }} = 7

)

select * from framed
