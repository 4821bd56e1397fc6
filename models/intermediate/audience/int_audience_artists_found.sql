-- What pages say of an artist in passing: beside a song or album, in a search, at their own head.

with

song_artists as (

    select * from {{ ref('stg_soundcharts__song_artists') }}

),

album_artists as (

    select * from {{ ref('stg_soundcharts__album_artists') }}

),

found_artists as (

    select * from {{ ref('stg_soundcharts__found_artists') }}

),

artist_pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

listing_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

mentions as (

    select
        artist_id,
        artist_name,
        image_url,
        cast(null as date) as extracted_date,
        cast(null as bigint) as _load_id,
        _parent_row_id as _row_id
    from song_artists

    union all

    select
        artist_id,
        artist_name,
        image_url,
        cast(null as date) as extracted_date,
        cast(null as bigint) as _load_id,
        _parent_row_id as _row_id
    from album_artists

    union all

    select
        artist_id,
        artist_name,
        image_url,
        cast(null as date) as extracted_date,
        cast(null as bigint) as _load_id,
        _parent_row_id as _row_id
    from found_artists

    union all

    select
        artist_id,
        subject_name as artist_name,
        subject_image_url as image_url,
        extracted_date,
        _load_id,
        _row_id
    from artist_pages

    union all

    select
        asked_uuid as artist_id,
        subject_name as artist_name,
        subject_image_url as image_url,
        extracted_date,
        _load_id,
        _row_id
    from listing_pages
    where document like 'artist-%'

),

numbered as (

    select
        *,
        row_number() over (
            partition by artist_id
            order by {{ answer_order(ties=['_row_id', 'artist_name']) }}
        ) as mention_number
    from mentions
    where artist_id is not null

),

-- one row per artist that is mentioned; each word from the latest page that has it
mentioned as (

    select
        artist_id,
        min_by(artist_name, mention_number) filter (where artist_name is not null) as artist_name,
        min_by(image_url, mention_number) filter (where image_url is not null) as image_url
    from numbered
    group by artist_id

)

select * from mentioned
