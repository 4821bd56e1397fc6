with

artist_value_items as (

    select * from {{ source('raw_soundcharts', 'artist_value_pages__items') }}

),

renamed as (

    select
        -- measures
        value,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _index
    from artist_value_items

)

select * from renamed
