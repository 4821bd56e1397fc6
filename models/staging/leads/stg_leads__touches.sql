with

touches as (

    select * from {{ source('raw_leads', 'touches') }}

),

renamed as (

    select
        -- ids
        lead_id,
        nullif(trim(click_id), '') as click_id,
        nullif(trim(affiliate_id), '') as affiliate_id,

        -- attributes
        utm_source,
        utm_medium,
        utm_campaign,

        -- dates
        {{ utc_moment('touched_at') }} as touched_at,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from touches

)

select * from renamed
