with

artist_search_items as (

    select * from {{ source('raw_soundcharts', 'artist_search_pages__items') }}

),

renamed as (

    select
        -- ids
        uuid as artist_id,

        -- attributes
        nullif(trim(slug), '') as slug,
        nullif(trim(name), '') as artist_name,
        nullif(trim(image_url), '') as image_url,

        -- loader
        _parent_row_id,
        _index
    from artist_search_items

)

select * from renamed
