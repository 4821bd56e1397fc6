-- A call is sent again if the centre corrects it: the last word counts. One whose lead is missing
-- or unknown is an orphan, kept and counted, but no attempt to reach a lead.

-- a table: read by the calls and by the leads that they were for; touched calls are made again
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='call_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
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

-- read a second time, because few of its columns are ranked and many are handed on
versions as (

    select * from {{ ref('stg_leads__call_attempts') }}
    where {{ is_touched('call_id', 'int_leads_calls_touched') }}

),

-- most calls are sent once and need no ranking
resent as (

    select call_id
    from versions
    group by call_id
    having count(*) > 1

),

-- files are numbered in the order in which they were read
ranked as (

    select
        versions._row_id,
        row_number() over (
            partition by versions.call_id order by versions._file_id desc, versions._index desc
        ) as place
    from versions
    inner join resent on versions.call_id = resent.call_id

),

-- a moment that cannot be says nothing, and is a finding
dated as (

    select
        calls.*,
        case
            when {{ day_problem('cast(calls.called_at as date)', 'loads.started_date') }} is null
                then calls.called_at
        end as known_called_at
    from calls
    left join loads on calls._load_id = loads._load_id

),

-- one row per call
judged as (

    select
        dated.call_id,
        dated.lead_id,
        dated.known_called_at as called_at,
        {{ local_date('dated.known_called_at') }} as called_date,
        dated.attempt_number,
        dated.outcome,
        dated.duration_seconds,
        dated.centre,
        coalesce(dated.centre in ('internal', 'external'), false) as is_known_centre,
        case
            when dated.lead_id is null then 'lead_missing'
            when leads.lead_id is null then 'lead_unknown'
            when dated.outcome is null then 'outcome_missing'
            when dated.outcome not in (
                'reached', 'no_answer', 'busy', 'voicemail', 'wrong_number', 'switched_off',
                'callback', 'refused'
            ) then 'outcome_unknown'
        end as call_problem
    from dated
    left join ranked on dated._row_id = ranked._row_id
    left join leads on dated.lead_id = leads.lead_id
    where coalesce(ranked.place, 1) = 1

)

select * from judged
