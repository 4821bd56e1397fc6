-- When each film was seen last before the days that are made again, and how often: what is known by
-- the settled day, and the few days after it.

with

settled as (

    select * from {{ ref('int_films_movies_settled') }}

),

carried_days as (

    select snapshot_date
    from {{ ref('int_films_days_planned') }}
    where is_carried
    group by snapshot_date

),

all_days as (

    select * from {{ ref('int_films_days_resolved') }}

),

days as (

    select all_days.*
    from all_days
    inner join carried_days on all_days.snapshot_date = carried_days.snapshot_date

),

seen as (

    select
        movie_id,
        last_seen_date as snapshot_date,
        popularity_rank,
        seen_day_count
    from settled

    union all

    select
        movie_id,
        snapshot_date,
        popularity_rank,
        1 as seen_day_count
    from days

),

-- one row per film; one without a place has one of 0 on the way, since a null would be passed over
carried as (

    select
        movie_id,
        max(snapshot_date) as snapshot_date,
        nullif(max_by(coalesce(popularity_rank, 0), snapshot_date), 0) as popularity_rank,
        cast(sum(seen_day_count) as bigint) as seen_day_count
    from seen
    group by movie_id

)

select * from carried
