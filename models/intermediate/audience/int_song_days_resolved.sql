-- A table, not a view: observations, twins and the conservation test all read it, and resolving
-- the versions is the one pass over every point that the domain pays for.
{{ config(materialized='table') }}

with

rank_days as (

    select * from {{ ref('int_report_days_ranked') }}

),

song_values as (

    select * from {{ ref('int_song_values_resolved') }}

),

chart_days as (

    select * from {{ ref('int_chart_days_resolved') }}

),

-- one row per song and day: each value from the best version that has one
reported as (

    select
        song_id,
        observed_date,
        max_by(spotify_streams, version_rank) filter (
            where spotify_streams is not null
        ) as spotify_streams,
        max_by(spotify_popularity, version_rank) filter (
            where spotify_popularity is not null
        ) as spotify_popularity
    from rank_days
    group by all

),

-- one row per song and day of the API
answered as (

    select
        song_id,
        observed_date,
        max(value) filter (where metric_id = 'spotify:streams') as spotify_streams,
        max(value) filter (where metric_id = 'spotify:popularity') as spotify_popularity,
        max(linked_value) filter (where metric_id = 'spotify:streams') as streams_linked_value,
        max(linked_value) filter (where metric_id = 'spotify:popularity')
            as popularity_linked_value
    from song_values
    where metric_id in ('spotify:streams', 'spotify:popularity') and not is_unknown
    group by all

),

-- where both know a day the API counts: it tells identifiers apart, of which reports show the sum
-- on some days
song_days as (

    select
        coalesce(answered.song_id, reported.song_id) as song_id,
        coalesce(answered.observed_date, reported.observed_date) as observed_date,
        coalesce(
            try_cast(answered.spotify_streams as bigint), reported.spotify_streams
        ) as spotify_streams,
        coalesce(
            try_cast(answered.spotify_popularity as bigint), reported.spotify_popularity
        ) as spotify_popularity,
        answered.streams_linked_value,
        answered.popularity_linked_value
    from reported
    full outer join answered
        on
            reported.song_id = answered.song_id
            and reported.observed_date = answered.observed_date

    union all

    select
        song_id,
        observed_date,
        cast(null as bigint) as spotify_streams,
        spotify_popularity,
        cast(null as double) as streams_linked_value,
        cast(null as double) as popularity_linked_value
    from chart_days

)

select * from song_days
