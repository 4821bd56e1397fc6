-- Versions that come in another order than they were made in are put in theirs. A lead that was
-- sent once needs no order.

-- touched leads are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

leads as (

    select * from {{ ref('int_leads_versions_dated') }}
    where {{ is_touched('lead_id') }}

),

latest as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

resent as (

    select lead_id
    from latest
    where lead_version_count > 1

),

versions as (

    select
        leads.lead_id,
        leads.lead_status,
        leads.rejection_reason,
        coalesce(leads.last_changed_at, leads.created_at) as changed_at,
        lag(leads.lead_status) over in_time as previous_status,
        lag(leads.rejection_reason) over in_time as previous_reason,
        row_number() over in_time as version_number
    from leads
    inner join resent on leads.lead_id = resent.lead_id
    window in_time as (
        partition by leads.lead_id
        order by
            leads.last_changed_at nulls first, leads._load_id, leads._file_id, leads._index
    )

),

-- one row per lead and status that it came to have
changed as (

    select
        lead_id,
        row_number() over (partition by lead_id order by version_number) as status_number,
        lead_status,
        rejection_reason,
        previous_status,
        changed_at
    from versions
    where
        version_number = 1
        or lead_status is distinct from previous_status
        or rejection_reason is distinct from previous_reason

    union all

    select
        lead_id,
        1 as status_number,
        lead_status,
        rejection_reason,
        cast(null as {{ dbt.type_string() }}) as previous_status,
        coalesce(last_changed_at, created_at) as changed_at
    from latest
    where lead_version_count = 1

)

select * from changed
