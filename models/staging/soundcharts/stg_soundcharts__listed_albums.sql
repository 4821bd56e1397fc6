with

album_items as (

    select * from {{ source('raw_soundcharts', 'album_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        uuid as album_id,

        -- attributes
        nullif(trim(slug), '') as slug,
        nullif(trim(name), '') as album_title,
        nullif(trim(credit_name), '') as artist_credit,
        nullif(trim(type), '') as album_type,

        -- flags
        "default" as is_default,

        -- dates
        {{ calendar_day('release_date') }} as release_date,

        -- loader
        _parent_row_id,
        _index
    from album_items

)

select * from renamed
