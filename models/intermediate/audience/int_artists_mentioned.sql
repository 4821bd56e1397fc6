with

song_artists as (

    select * from {{ ref('stg_soundcharts__song_artists') }}

),

album_artists as (

    select * from {{ ref('stg_soundcharts__album_artists') }}

),

artist_pages as (

    select * from {{ ref('int_artist_pages_unioned') }}

),

mentions as (

    select
        artist_id,
        artist_name,
        image_url
    from song_artists

    union all

    select
        artist_id,
        artist_name,
        image_url
    from album_artists

    union all

    select
        artist_id,
        cast(null as varchar) as artist_name,
        cast(null as varchar) as image_url
    from artist_pages

),

-- one row per artist that is mentioned
mentioned as (

    select
        artist_id,
        max(artist_name) as artist_name,
        max(image_url) as image_url
    from mentions
    where artist_id is not null
    group by artist_id

)

select * from mentioned
