-- The name under which lists of the API mention a song: most songs are met there first.

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

song_audience_pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

mentions as (

    select
        song_id,
        title,
        artist_credit,
        release_date
    from listed_songs

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date
    from album_tracks

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date
    from playlist_entries

    union all

    select
        song_id,
        title,
        artist_credit,
        cast(null as date) as release_date
    from chart_entries

    union all

    select
        asked_uuid as song_id,
        cast(null as varchar) as title,
        cast(null as varchar) as artist_credit,
        cast(null as date) as release_date
    from song_audience_pages

),

-- one row per song that is mentioned
mentioned as (

    select
        song_id,
        max(title) as title,
        max(artist_credit) as artist_credit,
        max(release_date) as release_date
    from mentions
    where song_id is not null
    group by song_id

)

select * from mentioned
