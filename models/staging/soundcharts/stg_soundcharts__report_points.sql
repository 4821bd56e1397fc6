with

time_series as (

    select * from {{ source('raw_soundcharts', 'report_songs__time_series') }}

),

renamed as (

    select
        -- measures
        spotify_streams,
        spotify_popularity,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _index
    from time_series

)

select * from renamed
