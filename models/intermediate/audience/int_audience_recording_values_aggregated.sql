-- The course of a recording that several songs share is, day by day, the value of its songs: the
-- largest, as one of them may be read a day later.

-- a table: all that reads observations reads it
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_audience_recording_observations_joined') }}

),

songs as (

    select * from {{ ref('int_audience_recording_songs_matched') }}

),

boundaries as (

    select * from {{ ref('int_audience_restatements_filtered') }}

),

-- one row per recording, metric and day
observed as (

    select
        songs.recording_id,
        observations.metric_id,
        observations.observed_date,
        max(observations.value) as value,
        max(observations.linked_value) as linked_value,
        count(boundaries.subject_id) > 0 as is_restated
    from observations
    inner join songs
        on
            observations.song_id = songs.song_id
            and observations.metric_id = songs.metric_id
    left join boundaries
        on
            'song:' || observations.song_id = boundaries.subject_id
            and observations.metric_id = boundaries.metric_id
            and observations.observed_date = boundaries.observed_date
    group by all

)

select * from observed
