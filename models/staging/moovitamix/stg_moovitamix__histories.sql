with

history_pages__items as (

    select * from {{ source('raw_moovitamix', 'history_pages__items') }}

),

renamed as (

    select
        -- ids
        coalesce(asked_load_date, asked_folder) as extraction_id,
        user_id,

        -- dates: sent without a zone, they are UTC
        try_cast(coalesce(asked_load_date, asked_folder) as date) as load_date,
        try_cast(created_at as timestamp) as created_at,
        try_cast(updated_at as timestamp) as updated_at,

        -- loader
        page as page_number,
        _parent_row_id,
        _index,
        _load_id
    from history_pages__items

)

select * from renamed
