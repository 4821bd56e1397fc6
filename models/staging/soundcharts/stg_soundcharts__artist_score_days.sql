with

artist_score_items as (

    select * from {{ source('raw_soundcharts', 'artist_score_pages__items') }}

),

renamed as (

    select
        -- measures
        score,
        fanbase_score,
        trending_score,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _index
    from artist_score_items

)

select * from renamed
