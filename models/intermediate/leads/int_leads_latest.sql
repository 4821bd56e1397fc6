-- A lead is sent again whenever it changes: its latest version counts. From here on a person is
-- known by keyed hashes, and address, postcode and click ids stay behind.

-- a table: read by all that follows; touched leads are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
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

-- most leads are sent once and need no ranking
resent as (

    select
        lead_id,
        count(*) as lead_version_count
    from versions
    group by lead_id
    having count(*) > 1

),

ranked as (

    select
        versions._row_id,
        resent.lead_version_count,
        row_number() over newest_first as place
    from versions
    inner join resent on versions.lead_id = resent.lead_id
    window newest_first as (
        partition by versions.lead_id
        order by
            versions.last_changed_at desc nulls last,
            versions._load_id desc,
            versions._file_id desc,
            versions._index desc
    )

),

newest as (

    select
        versions._row_id,
        versions.created_at,
        versions.last_changed_at,
        versions.validated_at,
        coalesce(ranked.lead_version_count, 1) as lead_version_count
    from versions
    left join ranked on versions._row_id = ranked._row_id
    where coalesce(ranked.place, 1) = 1

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
        newest.lead_version_count,
        leads.has_consent,
        leads.has_valid_phone,
        newest.created_at,
        {{ local_date('newest.created_at') }} as created_date,
        newest.last_changed_at,
        -- a lead is not validated before it is there
        case when newest.validated_at >= newest.created_at then newest.validated_at end
            as validated_at,
        coalesce(newest.validated_at < newest.created_at, false) as has_odd_times,
        case
            when leads.lead_status = 'validated' and not leads.has_consent then 'no_consent'
            when leads.lead_status = 'validated' and not leads.has_valid_phone then 'bad_phone'
        end as validation_problem
    from leads
    inner join newest on leads._row_id = newest._row_id

)

select * from settled
