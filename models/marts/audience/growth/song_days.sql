-- The table to look at first: what a platform showed of a song on a day, names beside the numbers.
{{ config(materialized='view') }}  -- wide, for people; models read the narrow fct_observations

with

observations as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

-- one row per song, platform and metric
song_series as (

    select
        series.series_id,
        songs.song_id,
        songs.title,
        songs.artist_credit,
        songs.recording_id,
        metrics.platform,
        metrics.metric
    from series
    inner join songs on series.subject_id = songs.subject_id
    inner join metrics on series.metric_id = metrics.metric_id
    where metrics.metric in ('streams', 'popularity')

),

-- one row per song, platform and day
days as (

    select
        song_series.song_id,
        song_series.title,
        song_series.artist_credit,
        song_series.recording_id,
        song_series.platform,
        observations.observed_date,
        cast(
            max(observations.value) filter (where song_series.metric = 'streams') as bigint
        ) as streams,
        cast(
            max(observations.change) filter (where song_series.metric = 'streams') as bigint
        ) as streams_gained,
        max(observations.span_days) filter (where song_series.metric = 'streams') as span_days,
        cast(
            max(observations.value) filter (where song_series.metric = 'popularity') as bigint
        ) as popularity,
        coalesce(bool_or(observations.is_outlier), false) as is_outlier
    from observations
    inner join song_series on observations.series_id = song_series.series_id
    group by all

)

select * from days
