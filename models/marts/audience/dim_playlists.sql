with

entries as (

    select * from {{ ref('int_playlist_entries_settled') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by playlist_id
            order by crawled_date desc nulls last, entry_date desc nulls last, song_id asc
        ) as reading_number
    from entries

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
