-- A lead is sent again whenever it changes: its latest version counts. From here on a person is
-- known by keyed hashes, and address, postcode and click ids stay behind.

-- a table: read by all that follows; touched leads are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken_leads() }}',
) }}

with

leads as (

    select * from {{ ref('stg_leads__leads') }}
    where {{ is_touched('lead_id') }}

),

versions as (

    select * from {{ ref('int_leads_versions_dated') }}
    where {{ is_touched('lead_id') }}

),

-- ranked by few columns: what is wide is fetched for the version that counts
ranked as (

    select
        _row_id,
        created_at,
        last_changed_at,
        validated_at,
        row_number() over newest_first as place,
        count(*) over (partition by lead_id) as lead_version_count
    from versions
    window newest_first as (
        partition by lead_id
        order by last_changed_at desc nulls last, _load_id desc, _file_id desc, _index desc
    )

),

-- one row per lead
settled as (

    select
        leads.lead_id,
        leads.direction,
        leads.form_id,
        leads.product,
        leads.lead_status,
        leads.rejection_reason,
        leads.declared_channel,
        {{ tag_key('leads') }} as tag_key,
        {{ masked('leads.email_digest') }} as email_key,
        {{ masked('leads.phone_digest') }} as phone_key,
        ranked.lead_version_count,
        leads.has_consent,
        leads.has_valid_phone,
        ranked.created_at,
        {{ local_date('ranked.created_at') }} as created_date,
        ranked.last_changed_at,
        -- a lead is not validated before it is there
        case when ranked.validated_at >= ranked.created_at then ranked.validated_at end
            as validated_at,
        coalesce(ranked.validated_at < ranked.created_at, false) as has_odd_times,
        case
            when leads.lead_status = 'validated' and not leads.has_consent then 'no_consent'
            when leads.lead_status = 'validated' and not leads.has_valid_phone then 'bad_phone'
        end as validation_problem
    from leads
    inner join ranked on leads._row_id = ranked._row_id
    where ranked.place = 1

)

select * from settled
