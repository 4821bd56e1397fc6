with

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

ranked as (

    select
        track_key,
        track_id,
        track_name,
        artist,
        songwriters,
        duration_seconds,
        album,
        load_date,
        created_at,
        updated_at,
        etl_updated_at,
        row_number() over (
            partition by track_key order by extraction_number desc
        ) as newness_rank
    from tracks

),

-- one row per track, as the newest extraction that has it shows it
current_tracks as (

    select
        track_key,
        track_id,
        'track:' || track_key as subject_id,
        track_name,
        artist,
        songwriters,
        duration_seconds,
        album,
        load_date as last_load_date,
        created_at,
        updated_at,
        etl_updated_at
    from ranked
    where newness_rank = 1

)

select * from current_tracks
