with

artist_audience_items as (

    select * from {{ source('raw_soundcharts', 'artist_audience_pages__items') }}

),

renamed as (

    select
        -- measures
        value as place_path_value,
        follower_count,
        like_count,
        following_count,
        post_count,
        view_count,

        -- dates
        date as observed_date,

        -- loader
        _parent_row_id,
        _index
    from artist_audience_items

)

select * from renamed
