with

plots as (

    select * from {{ source('raw_soundcharts', 'song_audience_pages__items__plots') }}

),

renamed as (

    select
        -- ids
        identifier,

        -- measures
        value as identifier_value,

        -- loader
        _parent_row_id,
        _items_index,
        _index
    from plots

)

select * from renamed
