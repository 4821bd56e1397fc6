-- Days of the entries of charts and playlists, and of the values of places.

with

chart_entries as (

    select * from {{ ref('stg_charts__entries') }}

),

listed_charts as (

    select * from {{ ref('stg_soundcharts__chart_entries') }}

),

listed_playlists as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

cities as (

    select * from {{ ref('stg_soundcharts__city_points') }}

),

countries as (

    select * from {{ ref('stg_soundcharts__country_points') }}

),

artist_pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

-- one row per page and day of which it knows places
place_days as (

    select
        _parent_row_id,
        observed_date
    from cities
    where place_value is not null

    union distinct

    select
        _parent_row_id,
        observed_date
    from countries
    where place_value is not null

),

dated as (

    select
        'song:' || song_id as record_id,
        'chart ' || chart_id as place,
        cast(entry_date as date) as observed_date,
        _load_id
    from listed_charts

    union all

    select
        'song:' || song_id as record_id,
        'playlist ' || playlist_id as place,
        cast(entry_date as date) as observed_date,
        _load_id
    from listed_playlists

    union all

    select
        'artist:' || artist_pages.artist_id as record_id,
        artist_pages.platform || ', ' || artist_pages.document as place,
        place_days.observed_date,
        artist_pages._load_id
    from place_days
    inner join artist_pages on place_days._parent_row_id = artist_pages._row_id

    union all

    select
        coalesce(title, artist_credit) as record_id,
        'spotify:chart_position' as place,
        observed_date,
        _load_id
    from chart_entries

)

select * from dated
