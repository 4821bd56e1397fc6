with

history_pages__items as (

    select * from {{ source('raw_moovitamix', 'history_pages__items') }}

),

renamed as (

    select
        -- ids
        user_id,

        -- dates: sent without a zone, they are UTC
        try_cast(created_at as timestamp) as created_at,
        try_cast(updated_at as timestamp) as updated_at,

        -- loader
        _parent_row_id,
        _index
    from history_pages__items

)

select * from renamed
