with

entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

numbered as (

    select
        entries.*,
        row_number() over (
            partition by entries.playlist_id
            order by
                entries.crawled_date desc nulls last,
                entries.entry_date desc nulls last,
                entries.song_id asc,
                pages.extracted_date desc nulls last,
                pages._load_id desc,
                entries._parent_row_id asc,
                entries._index asc
        ) as reading_number
    from entries
    inner join pages on entries._parent_row_id = pages._row_id
    where entries.playlist_id is not null and entries.song_id is not null

),

described as (

    select
        playlist_id,
        platform,
        identifier,
        playlist_name,
        playlist_type,
        country_code,
        track_count,
        subscriber_count,
        crawled_date
    from numbered
    where reading_number = 1

)

select * from described
