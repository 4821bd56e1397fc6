-- The service builds its lists anew at every start and gives ids to other things. So an id alone
-- names no track: with another title or artist it is another track, and gets another key.

-- each of the many models that read this would rank all extractions again
{{ config(materialized='table') }}

with

tracks as (

    select * from {{ ref('int_tracks_extracted') }}

),

named as (

    select
        extraction_id,
        track_id,
        extraction_number,
        coalesce({{ normalised_text('track_name') }}, '')
        || chr(31)
        || coalesce({{ normalised_text('artist') }}, '') as natural_key,
        md5(
            coalesce(track_name, '')
            || chr(31) || coalesce(artist, '')
            || chr(31) || coalesce(songwriters, '')
            || chr(31) || coalesce(genres, '')
            || chr(31) || coalesce(album, '')
            || chr(31) || coalesce(duration_text, '')
            || chr(31) || coalesce(cast(created_at as varchar), '')
            || chr(31) || coalesce(cast(updated_at as varchar), '')
        ) as content_hash
    from tracks

),

compared as (

    select
        extraction_id,
        track_id,
        extraction_number,
        min(extraction_number) over (
            partition by track_id, natural_key
        ) as first_extraction_number,
        lag(natural_key) over (
            partition by track_id order by extraction_number
        ) <> natural_key as is_reused_id,
        coalesce(
            lag(content_hash) over (
                partition by track_id order by extraction_number
            ) <> content_hash,
            true
        ) as is_new_version
    from named

),

numbered as (

    select
        extraction_id,
        track_id,
        coalesce(is_reused_id, false) as is_reused_id,
        dense_rank() over (
            partition by track_id order by first_extraction_number
        ) as identity_number,
        sum(case when is_new_version then 1 else 0 end) over (
            partition by track_id order by extraction_number
        ) as version
    from compared

),

identified as (

    select
        tracks.extraction_id,
        tracks.track_id,
        cast(tracks.track_id as varchar)
        || case
            when numbered.identity_number > 1 then '#' || cast(numbered.identity_number as varchar)
            else ''
        end as track_key,
        cast(numbered.version as integer) as version,
        tracks.extraction_number,
        numbered.is_reused_id,
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
    inner join numbered
        on
            tracks.extraction_id = numbered.extraction_id
            and tracks.track_id = numbered.track_id

)

select * from identified
