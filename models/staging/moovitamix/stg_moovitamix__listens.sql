with

history_pages__items__items as (

    select * from {{ source('raw_moovitamix', 'history_pages__items__items') }}

),

renamed as (

    select
        -- ids
        track_id,

        -- loader
        _parent_row_id,
        _items_index,
        _index
    from history_pages__items__items

)

select * from renamed
