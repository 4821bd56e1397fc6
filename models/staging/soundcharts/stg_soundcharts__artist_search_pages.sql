with

artist_search_pages as (

    select * from {{ source('raw_soundcharts', 'artist_search_pages') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        {{ platform_code('asked_platform') }} as platform,

        -- attributes
        nullif(asked_uuid, '') as searched_name,
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
    from artist_search_pages

)

select * from renamed
