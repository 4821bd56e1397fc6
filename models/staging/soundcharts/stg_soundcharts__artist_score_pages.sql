with

artist_score_pages as (

    select * from {{ source('raw_soundcharts', 'artist_score_pages') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(trim(asked_uuid), '') as asked_uuid,
        {{ platform_code('asked_platform') }} as platform,

        -- attributes
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
    from artist_score_pages

)

select * from renamed
