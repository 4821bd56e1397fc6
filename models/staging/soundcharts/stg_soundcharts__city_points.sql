with

city_plots as (

    select * from {{ source('raw_soundcharts', 'artist_audience_pages__items__city_plots') }}

),

renamed as (

    select
        -- attributes
        nullif(trim(country_code), '') as country_code,
        nullif(trim(country_name), '') as country_name,
        nullif(trim(region), '') as region,
        nullif(trim(city_name), '') as city_name,

        -- measures
        value as place_value,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _items_index,
        _index
    from city_plots

)

select * from renamed
