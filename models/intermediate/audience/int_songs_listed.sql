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

pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

items as (

    select
        song_id,
        title,
        artist_credit,
        release_date,
        _parent_row_id,
        _index
    from listed_songs

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        _parent_row_id,
        _index
    from album_tracks

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        _parent_row_id,
        _index
    from playlist_entries

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date,
        _parent_row_id,
        _index
    from chart_entries

),

listed as (

    select
        items.song_id,
        items.title,
        items.artist_credit,
        items.release_date,
        -- an album's tracks are listed for the album, all others for an artist
        case when pages.document like 'artist-%' then pages.asked_uuid end as artist_id,
        case when pages.document like 'artist-%' then pages.subject_name end as artist_name,
        pages.extracted_date,
        pages._load_id,
        pages._row_id,
        items._index
    from items
    inner join pages on items._parent_row_id = pages._row_id
    where items.song_id is not null

)

select * from listed
