with

entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by
                crawled_date desc nulls last,
                entry_date desc nulls last,
                song_id asc,
                {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as reading_number
    from entries
    where playlist_id is not null and song_id is not null

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
