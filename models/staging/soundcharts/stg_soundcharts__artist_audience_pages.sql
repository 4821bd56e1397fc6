with

artist_audience_pages as (

    select * from {{ source('raw_soundcharts', 'artist_audience_pages') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        coalesce(nullif(asked_uuid, ''), related_artist_uuid) as asked_uuid,
        {{ platform_code('coalesce(asked_platform, related_platform)') }} as platform,

        -- attributes
        nullif(trim(related_artist_name), '') as subject_name,
        nullif(trim(related_artist_image_url), '') as subject_image_url,
        cast(asked_page as integer) as page_number,

        -- dates
        try_cast(asked_from as date) as window_from_date,
        try_cast(asked_to as date) as window_to_date,
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from artist_audience_pages

)

select * from renamed
