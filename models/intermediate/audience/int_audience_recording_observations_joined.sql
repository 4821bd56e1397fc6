-- What is observed of the few songs that share a recording.

-- a table: the courses of recordings are made out of it in six joins
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_audience_song_values_unioned') }}

),

recordings as (

    select * from {{ ref('int_audience_recordings_resolved') }}
    where recording_song_count > 1

),

joined as (

    select
        recordings.recording_id,
        observations.song_id,
        observations.metric_id,
        observations.observed_date,
        observations.value,
        observations.linked_value
    from observations
    inner join recordings on observations.song_id = recordings.song_id

)

select * from joined
