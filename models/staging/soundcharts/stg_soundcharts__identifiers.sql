with

identifier_items as (

    select * from {{ source('raw_soundcharts', 'identifier_pages__items') }}

),

renamed as (

    select
        -- ids
        {{ platform_code('platform_code') }} as platform,
        identifier,

        -- attributes
        nullif(trim(url), '') as identifier_url,

        -- flags
        "default" as is_default,

        -- loader
        _parent_row_id,
        _index
    from identifier_items

)

select * from renamed
