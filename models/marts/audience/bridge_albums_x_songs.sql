with

album_tracks as (

    select * from {{ ref('stg_soundcharts__album_tracks') }}

),

listed as (

    select
        asked_uuid as album_id,
        coalesce(disc_number, 1) as disc_number,
        track_number,
        song_id,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from album_tracks
    where asked_uuid is not null and song_id is not null and track_number is not null

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
