with

album_track_pages as (

    select * from {{ source('raw_soundcharts', 'album_track_pages') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        coalesce(nullif(asked_uuid, ''), related_uuid) as asked_uuid,
        {{ platform_code('asked_platform') }} as platform,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(related_credit_name), '') as subject_credit,
        nullif(trim(related_image_url), '') as subject_image_url,
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
    from album_track_pages

)

select * from renamed
