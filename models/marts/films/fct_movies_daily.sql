-- A day without a row is a day on which the film was not seen, never a zero. The source serves only
-- what is true now, so such a day stays missing.

-- touched days are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='snapshot_date',
    on_schema_change='fail', post_hook='{{ note_taken() }}',
) }}

with

days as (

    select * from {{ ref('int_films_days_resolved') }}
    where {{ is_touched('snapshot_date', 'int_films_days_touched') }}

),

-- all days go on from nothing
carried as (

    select * from {{ ref('int_films_movies_carried') }}
    where {{ 'true' if is_incremental() else 'false' }}

),

followed as (

    select
        movie_id,
        snapshot_date,
        answer_kind,
        film_list,
        page_number,
        popularity,
        popularity_rank,
        ranked_movie_count,
        vote_average,
        vote_count,
        stated_release_date,
        said_count,
        is_popularity_disputed or is_vote_count_disputed as is_disputed,
        1 as day_count,
        false as is_known
    from days

    union all

    select
        movie_id,
        snapshot_date,
        null as answer_kind,
        null as film_list,
        null as page_number,
        null as popularity,
        popularity_rank,
        null as ranked_movie_count,
        null as vote_average,
        null as vote_count,
        null as stated_release_date,
        null as said_count,
        null as is_disputed,
        seen_day_count as day_count,
        true as is_known
    from carried

),

counted as (

    select
        *,
        lag(popularity_rank) over in_time - popularity_rank as rank_change,
        sum(day_count) over (
            partition by movie_id
            order by snapshot_date
            rows between unbounded preceding and current row
        ) as seen_day_count,
        {{ days_between('lag(snapshot_date) over in_time', 'snapshot_date') }} - 1 as missed_days
    from followed
    window in_time as (partition by movie_id order by snapshot_date)

),

-- one row per film and day on which it was seen
compared as (

    select
        movie_id,
        snapshot_date,
        answer_kind,
        film_list,
        page_number,
        popularity,
        popularity_rank,
        ranked_movie_count,
        rank_change,
        vote_average,
        vote_count,
        stated_release_date,
        cast(seen_day_count as bigint) as seen_day_count,
        missed_days,
        said_count,
        is_disputed
    from counted
    where not is_known

)

select * from compared
-- a question about days reads these and skips the rest of the storage
order by snapshot_date, movie_id
