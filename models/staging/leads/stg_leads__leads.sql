with

leads as (

    select * from {{ source('raw_leads', 'leads') }}

),

renamed as (

    select
        -- ids
        lead_id,
        nullif({{ trimmed('click_id') }}, '') as click_id,
        nullif({{ trimmed('affiliate_id') }}, '') as affiliate_id,
        nullif({{ trimmed('form_id') }}, '') as form_id,

        -- attributes
        lower(trim(direction)) as direction,
        landing_page,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        nullif({{ trimmed('declared_channel') }}, '') as declared_channel,
        nullif({{ trimmed('email_hash') }}, '') as email_digest,
        nullif({{ trimmed('phone_hash') }}, '') as phone_digest,
        postcode,
        nullif({{ trimmed('product') }}, '') as product,
        lower(trim(status)) as lead_status,
        nullif(lower(trim(rejection_reason)), '') as rejection_reason,

        -- flags
        phone_valid as has_valid_phone,
        consent as has_consent,

        -- dates
        {{ utc_moment('created_at') }} as created_at,
        {{ utc_moment('updated_at') }} as last_changed_at,
        {{ utc_moment('validated_at') }} as validated_at,
        {{ dbt.safe_cast("substr(greatest(created_at, updated_at, validated_at), 1, 10)", "date") }}
            as last_named_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id,

        -- of what the raw row says, wherever it was read
        {{ row_hash([
            '_row_id', 'lead_id', 'created_at', 'updated_at', 'direction', 'form_id',
            'landing_page', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term',
            'click_id', 'affiliate_id', 'declared_channel', 'email_hash', 'phone_hash',
            'phone_valid', 'postcode', 'product', 'consent', 'status', 'rejection_reason',
            'validated_at'
        ]) }} as raw_fingerprint
    from leads

)

select * from renamed
