-- A table, not a view: observations, twins and the conservation test all read it, and resolving
-- the versions is the one pass over every point that the domain pays for.
{{ config(materialized='table') }}

with

versions as (

    select * from {{ ref('int_song_versions_ranked') }}

),

report_points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

-- one row per song, rank and day: between versions of equal rank, and between two points of one
-- record on one day, the larger value counts
rank_days as (

    select
        versions.song_id,
        versions.version_rank,
        report_points.observed_date,
        max(report_points.spotify_streams) as spotify_streams,
        max(report_points.spotify_popularity) as spotify_popularity
    from report_points
    inner join versions on report_points._parent_row_id = versions._row_id
    group by all

),

-- one row per song and day: each value from the best version that has one
song_days as (

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

)

select * from song_days
