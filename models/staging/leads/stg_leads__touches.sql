with

touches as (

    select * from {{ source('raw_leads', 'touches') }}

),

renamed as (

    select
        -- ids
        lead_id,
        nullif({{ trimmed('click_id') }}, '') as click_id,
        nullif({{ trimmed('affiliate_id') }}, '') as affiliate_id,

        -- attributes
        utm_source,
        utm_medium,
        utm_campaign,

        -- dates
        {{ utc_moment('touched_at') }} as touched_at,
        {{ dbt.safe_cast("substr(touched_at, 1, 10)", "date") }} as last_named_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id,

        -- of what the raw row says, wherever it was read
        {{ row_hash([
            '_row_id', 'lead_id', 'touched_at', 'utm_source', 'utm_medium', 'utm_campaign',
            'click_id', 'affiliate_id'
        ]) }} as raw_fingerprint
    from touches

)

select * from renamed
