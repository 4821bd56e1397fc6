with

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

-- one row per track id and version: what all its extractions agree on
versions as (

    select
        track_id,
        version,
        track_key,
        max(track_name) as track_name,
        max(artist) as artist,
        max(songwriters) as songwriters,
        max(duration_seconds) as duration_seconds,
        max(genres) as genres,
        max(album) as album,
        min(load_date) as load_date,
        max(load_date) as last_load_date,
        max(created_at) as created_at,
        max(updated_at) as updated_at,
        min(etl_updated_at) as etl_updated_at
    from tracks
    group by all

),

history as (

    select
        track_id,
        version,
        track_key,
        track_name,
        artist,
        songwriters,
        duration_seconds,
        genres,
        album,
        lead(version) over (
            partition by track_id order by version
        ) is null as is_newest_version,
        load_date,
        lead(load_date) over (
            partition by track_id order by version
        ) as next_version_date,
        last_load_date,
        created_at,
        updated_at,
        etl_updated_at
    from versions

)

select * from history
