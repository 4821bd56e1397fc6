-- A call is sent again when the centre corrects it: the last word counts. One whose lead is missing or
-- unknown is an orphan, kept and counted, but no attempt to reach a lead.

-- a table: read by the calls and by the leads that they were for
{{ config(materialized='table') }}

with

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}

),

leads as (

    select * from {{ ref('int_leads_settled') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by call_id order by _load_id desc, _file_id desc, _index desc
        ) as place
    from calls

),

-- one row per call
judged as (

    select
        ranked.call_id,
        ranked.lead_id,
        ranked.called_at,
        {{ local_date('ranked.called_at') }} as called_date,
        ranked.attempt_number,
        ranked.outcome,
        ranked.duration_seconds,
        ranked.centre,
        coalesce(ranked.centre in ('internal', 'external'), false) as is_known_centre,
        case
            when ranked.lead_id is null then 'lead_missing'
            when leads.lead_id is null then 'lead_unknown'
            when ranked.outcome is null then 'outcome_missing'
            when ranked.outcome not in (
                'reached', 'no_answer', 'busy', 'voicemail', 'wrong_number', 'switched_off',
                'callback', 'refused'
            ) then 'outcome_unknown'
        end as call_problem
    from ranked
    left join leads on ranked.lead_id = leads.lead_id
    where ranked.place = 1

)

select * from judged
