with

identifier_items as (

    select * from {{ source('raw_soundcharts', 'identifier_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        {{ platform_code('platform_code') }} as platform,
        identifier,

        -- attributes
        nullif(trim(url), '') as identifier_url,

        -- flags
        "default" as is_default,

        -- dates
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from identifier_items

)

select * from renamed
