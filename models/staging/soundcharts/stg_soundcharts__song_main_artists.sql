with

main_artists as (

    select * from {{ source('raw_soundcharts', 'songs__main_artists') }}

),

renamed as (

    select
        -- ids
        uuid as artist_id,

        -- attributes
        nullif(trim(slug), '') as slug,
        nullif(trim(name), '') as artist_name,

        -- loader
        _parent_row_id,
        _index
    from main_artists

)

select * from renamed
