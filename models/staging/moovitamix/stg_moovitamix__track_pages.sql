with

track_pages as (

    select * from {{ source('raw_moovitamix', 'track_pages') }}

),

renamed as (

    select
        -- ids
        coalesce(asked_load_date, asked_folder) as extraction_id,

        -- measures
        page as page_number,
        size as page_size,
        pages as page_count,
        total as total_count,

        -- dates
        try_cast(coalesce(asked_load_date, asked_folder) as date) as load_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from track_pages

)

select * from renamed
