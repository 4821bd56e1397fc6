-- A lead is sent again whenever it changes: its latest version counts. From here on a person is known
-- by keyed hashes, and address, postcode and click ids stay behind.

-- a table: read by all that follows
{{ config(materialized='table') }}

with

leads as (

    select * from {{ ref('stg_leads__leads') }}

),

ranked as (

    select
        *,
        row_number() over newest_first as place,
        count(*) over (partition by lead_id) as lead_version_count
    from leads
    window newest_first as (
        partition by lead_id
        order by last_changed_at desc nulls last, _load_id desc, _file_id desc, _index desc
    )

),

-- one row per lead
settled as (

    select
        ranked.lead_id,
        ranked.direction,
        ranked.form_id,
        ranked.product,
        ranked.lead_status,
        ranked.rejection_reason,
        ranked.declared_channel,
        {{ tag_key('ranked') }} as tag_key,
        {{ masked('ranked.email_digest') }} as email_key,
        {{ masked('ranked.phone_digest') }} as phone_key,
        ranked.lead_version_count,
        ranked.has_consent,
        ranked.has_valid_phone,
        ranked.created_at,
        {{ local_date('ranked.created_at') }} as created_date,
        ranked.last_changed_at,
        -- a lead is not validated before it is there
        case when ranked.validated_at >= ranked.created_at then ranked.validated_at end
            as validated_at,
        coalesce(ranked.validated_at < ranked.created_at, false) as has_odd_times
    from ranked
    where ranked.place = 1

)

select * from settled
