with

identifier_pages as (

    select * from {{ ref('stg_soundcharts__identifier_pages') }}

),

artist_song_pages as (

    select * from {{ ref('stg_soundcharts__artist_song_pages') }}

),

album_pages as (

    select * from {{ ref('stg_soundcharts__album_pages') }}

),

album_track_pages as (

    select * from {{ ref('stg_soundcharts__album_track_pages') }}

),

playlist_pages as (

    select * from {{ ref('stg_soundcharts__playlist_pages') }}

),

chart_pages as (

    select * from {{ ref('stg_soundcharts__chart_pages') }}

),

pages as (

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from identifier_pages

    union all

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from artist_song_pages

    union all

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from album_pages

    union all

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from album_track_pages

    union all

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from playlist_pages

    union all

    select
        _row_id,
        document,
        asked_uuid,
        subject_name,
        subject_credit,
        subject_image_url,
        extracted_date,
        _load_id
    from chart_pages

)

select * from pages
