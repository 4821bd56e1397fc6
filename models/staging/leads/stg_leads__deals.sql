with

deals as (

    select * from {{ source('raw_leads', 'deals') }}

),

renamed as (

    select
        -- ids
        lead_id,

        -- dates
        {{ utc_moment('won_at') }} as won_at,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from deals

)

select * from renamed
