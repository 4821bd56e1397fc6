with

album_tracks as (

    select * from {{ ref('stg_soundcharts__album_tracks') }}

),

album_track_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

listed as (

    select
        album_track_pages.asked_uuid as album_id,
        coalesce(album_tracks.disc_number, 1) as disc_number,
        album_tracks.track_number,
        album_tracks.song_id,
        album_track_pages.extracted_date,
        album_track_pages._load_id,
        album_tracks._parent_row_id,
        album_tracks._index
    from album_tracks
    inner join album_track_pages on album_tracks._parent_row_id = album_track_pages._row_id
    where
        album_track_pages.asked_uuid is not null
        and album_tracks.song_id is not null
        and album_tracks.track_number is not null

),

-- pages overlap and are read again: the latest answer on a place counts
numbered as (

    select
        album_id,
        disc_number,
        track_number,
        song_id,
        row_number() over (
            partition by album_id, disc_number, track_number
            order by {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as answer_number,
        count(*) over (
            partition by album_id, disc_number, track_number, _parent_row_id
        ) as answer_count
    from listed

),

places as (

    select
        album_id,
        disc_number,
        track_number,
        song_id,
        answer_count
    from numbered
    where answer_number = 1

)

select * from places
