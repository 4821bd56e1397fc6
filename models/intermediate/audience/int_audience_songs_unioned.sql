-- Lists of the API name songs, and whose they are: most songs are met there first.

with

listed_songs as (

    select * from {{ ref('stg_soundcharts__listed_songs') }}

),

album_tracks as (

    select * from {{ ref('stg_soundcharts__album_tracks') }}

),

playlist_entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

chart_entries as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

items as (

    select
        song_id,
        title,
        artist_credit,
        release_date,
        asked_uuid,
        document,
        subject_name,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from listed_songs

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        asked_uuid,
        document,
        subject_name,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from album_tracks

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        asked_uuid,
        document,
        subject_name,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from playlist_entries

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        asked_uuid,
        document,
        subject_name,
        extracted_date,
        _load_id,
        _parent_row_id,
        _index
    from chart_entries

),

listed as (

    select
        song_id,
        title,
        artist_credit,
        release_date,
        -- an album's tracks are listed for the album, all others for an artist
        case when document like 'artist-%' then asked_uuid end as artist_id,
        case when document like 'artist-%' then subject_name end as artist_name,
        extracted_date,
        _load_id,
        _parent_row_id as _row_id,
        _index
    from items
    where song_id is not null

)

select * from listed
