-- Entries of charts and playlists, and values of places, of days that cannot be.

with

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

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

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

),

judged as (

    select
        dated.record_id,
        dated.place,
        dated.observed_date,
        {{ day_problem('dated.observed_date', 'loads.started_date') }} as finding_kind
    from dated
    inner join loads on dated._load_id = loads._load_id

),

doubted as (

    select
        finding_kind,
        record_id,
        place,
        observed_date
    from judged
    where finding_kind is not null
    group by all

)

select * from doubted
