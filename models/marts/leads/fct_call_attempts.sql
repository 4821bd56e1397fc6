-- touched calls are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='call_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

calls as (

    select * from {{ ref('int_leads_calls_latest') }}
    where {{ is_touched('call_id', 'int_leads_calls_touched') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

-- one row per call, orphans included
described as (

    select
        calls.call_id,
        case when leads.lead_id is not null then calls.lead_id end as lead_id,
        leads.channel_id,
        calls.called_at,
        calls.called_date,
        calls.attempt_number,
        calls.outcome,
        calls.duration_seconds,
        calls.centre,
        calls.is_known_centre,
        calls.call_problem is null as is_attempt,
        calls.call_problem is null and calls.outcome = 'reached' as is_reached,
        calls.call_problem
    from calls
    left join leads on calls.lead_id = leads.lead_id

)

select * from described
