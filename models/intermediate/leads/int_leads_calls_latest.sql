-- A call is sent again if the centre corrects it: the last word counts. One whose lead is missing
-- or unknown is an orphan, kept and counted, but no attempt to reach a lead.

-- a table: read by the calls and by the leads that they were for; touched calls are made again
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='call_id', on_schema_change='fail',
    post_hook='{{ note_taken_leads() }}',
) }}

with

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}
    where {{ is_touched('call_id', 'int_leads_calls_touched') }}

),

leads as (

    select * from {{ ref('int_leads_latest') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- a moment that cannot be says nothing, and is a finding
moments as (

    select
        calls._row_id,
        calls.called_at
    from calls
    left join loads on calls._load_id = loads._load_id
    where {{ day_problem('cast(calls.called_at as date)', 'loads.started_date') }} is null

),

-- files are numbered in the order in which they were read
newest as (

    select
        call_id,
        max_by(_row_id, _file_id * 10000000000 + _index) as _row_id
    from calls
    group by call_id

),

-- one row per call
judged as (

    select
        calls.call_id,
        calls.lead_id,
        moments.called_at,
        {{ local_date('moments.called_at') }} as called_date,
        calls.attempt_number,
        calls.outcome,
        calls.duration_seconds,
        calls.centre,
        coalesce(calls.centre in ('internal', 'external'), false) as is_known_centre,
        case
            when calls.lead_id is null then 'lead_missing'
            when leads.lead_id is null then 'lead_unknown'
            when calls.outcome is null then 'outcome_missing'
            when calls.outcome not in (
                'reached', 'no_answer', 'busy', 'voicemail', 'wrong_number', 'switched_off',
                'callback', 'refused'
            ) then 'outcome_unknown'
        end as call_problem
    from calls
    inner join newest on calls._row_id = newest._row_id
    left join moments on calls._row_id = moments._row_id
    left join leads on calls.lead_id = leads.lead_id

)

select * from judged
