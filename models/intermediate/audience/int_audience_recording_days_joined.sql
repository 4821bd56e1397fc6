-- Two counts are the same if they are within a correction of each other, or if one is not beyond
-- what the other shows next: a song may be read a day after the other, and a young one grows by
-- more than a correction a day.

-- a table: four readers would look through the days of all songs for those of few
{{ config(materialized='table') }}

with

proposals as (

    select * from {{ ref('int_audience_recordings_found') }}

),

song_days as (

    select
        song_id,
        observed_date,
        try_cast(value as bigint) as spotify_streams
    from {{ ref('int_audience_song_days_resolved') }}
    -- what is larger is no count, and a finding
    where metric_id = 'spotify:streams' and value <= {{ var('largest_count') }}

),

-- one row per proposal, song and day
bounded as (

    select
        proposals.proposal,
        proposals.song_id,
        song_days.observed_date,
        song_days.spotify_streams,
        greatest(
            1.01 * song_days.spotify_streams,
            lead(song_days.spotify_streams) over (
                partition by proposals.proposal, proposals.song_id
                order by song_days.observed_date
            )
        ) as same_up_to
    from proposals
    inner join song_days on proposals.song_id = song_days.song_id

)

select * from bounded
