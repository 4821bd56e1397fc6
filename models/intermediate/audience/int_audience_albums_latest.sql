with

albums as (

    select * from {{ ref('stg_soundcharts__albums') }}

),

listed_albums as (

    select * from {{ ref('stg_soundcharts__listed_albums') }}

),

album_track_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}
    where listing = 'album tracks'

),

numbered as (

    select
        album_id,
        _row_id,
        row_number() over (
            partition by album_id
            order by {{ answer_order(ties=['_row_id']) }}
        ) as answer_number
    from albums

),

numbered_track_pages as (

    select
        asked_uuid,
        subject_name,
        subject_credit,
        row_number() over (
            partition by asked_uuid
            order by {{ answer_order(ties=['_row_id']) }}
        ) as page_number
    from album_track_pages

),

-- before v2.34 lists give no id, and the name in addresses is the key
listed as (

    select
        coalesce(album_id, slug) as album_id,
        max(album_title) as album_title,
        max(artist_credit) as artist_credit,
        max(album_type) as album_type,
        max(release_date) as release_date
    from listed_albums
    where coalesce(album_id, slug) is not null
    group by coalesce(album_id, slug)

),

-- the tracks of an album say its name too
tracked as (

    select
        asked_uuid as album_id,
        min_by(subject_name, page_number) filter (where subject_name is not null) as album_title,
        min_by(subject_credit, page_number) filter (
            where subject_credit is not null
        ) as artist_credit
    from numbered_track_pages
    where asked_uuid is not null
    group by asked_uuid

),

named as (

    select album_id from albums

    union

    select album_id from listed

    union

    select album_id from tracked

),

answered as (

    select
        named.album_id,
        albums._row_id as answer_row_id,
        coalesce(albums.album_title, listed.album_title, tracked.album_title) as album_title,
        coalesce(
            albums.artist_credit, listed.artist_credit, tracked.artist_credit
        ) as artist_credit,
        coalesce(albums.album_type, listed.album_type) as album_type,
        albums.upc,
        albums.image_url,
        albums.label_name,
        albums.track_count,
        coalesce(albums.release_date, listed.release_date) as release_date
    from named
    left join numbered on named.album_id = numbered.album_id and numbered.answer_number = 1
    left join albums on numbered._row_id = albums._row_id
    left join listed on named.album_id = listed.album_id
    left join tracked on named.album_id = tracked.album_id

)

select * from answered
