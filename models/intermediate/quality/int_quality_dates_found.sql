-- A day that cannot be is no observation: it would move the calendar of its platform.

with

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

report_points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

song_pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

song_days as (

    select * from {{ ref('stg_soundcharts__song_audience_days') }}

),

artist_pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

artist_points as (

    select * from {{ ref('int_audience_artist_points_unioned') }}

),

listed_dates as (

    select * from {{ ref('int_quality_listed_dates_unioned') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

dated as (

    select
        'song:' || report_songs.song_id as record_id,
        'a report' as place,
        report_points.observed_date,
        report_songs._load_id
    from report_points
    inner join report_songs on report_points._parent_row_id = report_songs._row_id

    union all

    select
        'song:' || song_pages.asked_uuid as record_id,
        song_pages.platform || ', ' || song_pages.document as place,
        song_days.observed_date,
        song_pages._load_id
    from song_days
    inner join song_pages on song_days._parent_row_id = song_pages._row_id

    union all

    select
        'artist:' || artist_pages.artist_id as record_id,
        artist_pages.platform || ', ' || artist_pages.document as place,
        artist_points.observed_date,
        artist_pages._load_id
    from artist_points
    inner join artist_pages on artist_points._parent_row_id = artist_pages._row_id
    where artist_points.value is not null

    union all

    select
        record_id,
        place,
        observed_date,
        _load_id
    from listed_dates

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
