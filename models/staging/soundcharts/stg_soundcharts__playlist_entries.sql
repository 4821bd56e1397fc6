with

playlist_items as (

    select * from {{ source('raw_soundcharts', 'playlist_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        playlist_uuid as playlist_id,
        song_uuid as song_id,
        {{ platform_code('playlist_platform') }} as platform,
        playlist_identifier as identifier,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(playlist_name), '') as playlist_name,
        nullif(trim(lower(playlist_type)), '') as playlist_type,
        nullif(trim(playlist_country_code), '') as country_code,
        nullif(trim(song_name), '') as title,
        nullif(trim(song_credit_name), '') as artist_credit,

        -- measures
        playlist_latest_track_count as track_count,
        playlist_latest_subscriber_count as subscriber_count,
        position as playlist_position,
        peak_position as peak_playlist_position,

        -- dates
        try_cast(asked_folder as date) as extracted_date,
        playlist_latest_crawl_date as crawled_date,
        entry_date,
        exit_date,
        position_date,
        peak_position_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from playlist_items

)

select * from renamed
