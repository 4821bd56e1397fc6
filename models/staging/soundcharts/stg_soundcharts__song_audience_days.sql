with

song_audience_items as (

    select * from {{ source('raw_soundcharts', 'song_audience_pages__items') }}

),

renamed as (

    select
        -- measures
        value as summed_value,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _index
    from song_audience_items

)

select * from renamed
