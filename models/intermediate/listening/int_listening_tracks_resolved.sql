-- The service builds its lists anew at every start and gives ids to other things, so an id alone
-- names no track.

-- each of the many models that read this would rank all extractions again
{{ config(materialized='table') }}

with

tracks as (

    select * from {{ ref('int_listening_tracks_latest') }}

),

history as (

    select * from {{ ref('int_listening_history_resolved') }}
    where route = 'tracks'

),

identified as (

    select
        tracks.extraction_id,
        tracks.track_id,
        history.record_key as track_key,
        history.version,
        tracks.extraction_number,
        history.is_reused_id,
        tracks.track_name,
        tracks.artist,
        tracks.songwriters,
        tracks.genres,
        tracks.album,
        tracks.duration_text,
        tracks.duration_seconds,
        tracks.load_date,
        tracks.created_at,
        tracks.updated_at,
        tracks.etl_updated_at
    from tracks
    inner join history
        on
            tracks.extraction_id = history.extraction_id
            and tracks.track_id = history.listed_id

)

select * from identified
