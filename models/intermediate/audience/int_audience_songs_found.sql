-- What pages say of a song in passing: its name in a list, or at the head of its own series.

with

listed as (

    select * from {{ ref('int_audience_songs_unioned') }}

),

listing_pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

song_audience_pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

mentions as (

    select
        song_id,
        title,
        artist_credit,
        release_date,
        extracted_date,
        _load_id,
        _row_id,
        _index
    from listed

    union all

    select
        asked_uuid as song_id,
        subject_name as title,
        subject_credit as artist_credit,
        cast(null as date) as release_date,
        extracted_date,
        _load_id,
        _row_id,
        0 as _index
    from listing_pages
    where document like 'song-%'

    union all

    select
        asked_uuid as song_id,
        subject_name as title,
        subject_credit as artist_credit,
        cast(null as date) as release_date,
        extracted_date,
        _load_id,
        _row_id,
        0 as _index
    from song_audience_pages

),

numbered as (

    select
        *,
        row_number() over (
            partition by song_id
            order by {{ answer_order(ties=['_row_id', '_index']) }}
        ) as mention_number
    from mentions
    where song_id is not null

),

-- one row per song that is mentioned; each word from the latest page that has it
mentioned as (

    select
        song_id,
        min_by(title, mention_number) filter (where title is not null) as title,
        min_by(artist_credit, mention_number) filter (
            where artist_credit is not null
        ) as artist_credit,
        min_by(release_date, mention_number) filter (
            where release_date is not null
        ) as release_date
    from numbered
    group by song_id

)

select * from mentioned
