with

album_tracks as (

    select * from {{ ref('stg_soundcharts__album_tracks') }}

),

album_track_pages as (

    select * from {{ ref('stg_soundcharts__album_track_pages') }}

),

-- pages overlap and are read again: one row per place
places as (

    select
        album_track_pages.asked_uuid as album_id,
        coalesce(album_tracks.disc_number, 1) as disc_number,
        album_tracks.track_number,
        max_by(album_tracks.song_id, album_track_pages._load_id) as song_id
    from album_tracks
    inner join album_track_pages on album_tracks._parent_row_id = album_track_pages._row_id
    where
        album_track_pages.asked_uuid is not null
        and album_tracks.song_id is not null
        and album_tracks.track_number is not null
    group by all

)

select * from places
