with

artists as (

    select * from {{ source('raw_soundcharts', 'songs__artists') }}

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
    from artists

)

select * from renamed
