-- a table: made again for touched leads only
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

calls as (

    select * from {{ ref('int_leads_calls_latest') }}
    where call_problem is null and {{ is_touched('lead_id') }}

),

-- one row per lead that was called
summed as (

    select
        lead_id,
        count(*) as attempt_count,
        count(*) filter (where is_known_centre) as known_attempt_count,
        count(*) filter (where outcome = 'reached') as reached_call_count,
        min(called_at) as first_attempt_at,
        min(called_at) filter (where outcome = 'reached') as first_reached_at
    from calls
    group by lead_id

)

select * from summed
