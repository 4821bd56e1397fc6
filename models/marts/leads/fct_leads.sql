-- touched leads are made again, see macros/increments.sql
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with

leads as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

ruled as (

    select * from {{ ref('int_leads_tags_matched') }}

),

labels as (

    select * from {{ ref('int_leads_labels_matched') }}

),

touches as (

    select * from {{ ref('int_leads_touches_aggregated') }}
    where {{ is_touched('lead_id') }}

),

persons as (

    select * from {{ ref('int_leads_persons_matched') }}
    where {{ is_touched('lead_id') }}

),

counted as (

    select * from {{ ref('int_leads_validations_resolved') }}
    where {{ is_touched('lead_id') }}

),

calls as (

    select * from {{ ref('int_leads_calls_aggregated') }}
    where {{ is_touched('lead_id') }}

),

won as (

    select * from {{ ref('int_leads_deals_aggregated') }}
    where {{ is_touched('lead_id') }}

),

-- one row per lead
joined as (

    select
        leads.lead_id,
        ruled.channel_id,
        ruled.rule_id,
        leads.declared_channel,
        labels.channel_id as declared_channel_id,
        touches.first_touch_channel_id,
        touches.last_touch_channel_id,
        coalesce(touches.touch_count, 0) as touch_count,
        persons.person_key,
        leads.direction,
        leads.form_id,
        leads.product,
        leads.lead_status,
        leads.rejection_reason,
        leads.lead_version_count,
        leads.has_consent,
        leads.has_valid_phone,
        coalesce(leads.lead_status <> 'test', true) as is_received,
        coalesce(counted.is_counted, false) as is_validated,
        case
            when leads.validation_problem is not null then leads.validation_problem
            when not counted.is_counted then 'repeat'
        end as refusal,
        leads.created_at,
        leads.created_date,
        cast({{ dbt.date_trunc('week', 'leads.created_date') }} as date) as created_week_date,
        leads.last_changed_at,
        leads.validated_at,
        case
            when counted.is_counted
                then coalesce({{ local_date('leads.validated_at') }}, leads.created_date)
        end as validated_date,
        leads.has_odd_times,
        coalesce(calls.attempt_count, 0) as attempt_count,
        coalesce(calls.known_attempt_count, 0) as known_attempt_count,
        coalesce(calls.reached_call_count, 0) as reached_call_count,
        calls.first_attempt_at,
        calls.first_reached_at,
        won.lead_id is not null as is_won,
        won.won_at,
        coalesce(won.won_at < leads.created_at, false) as is_won_before_contact
    from leads
    inner join ruled on leads.tag_key = ruled.tag_key
    inner join persons on leads.lead_id = persons.lead_id
    left join labels on leads.declared_channel = labels.declared_channel
    left join touches on leads.lead_id = touches.lead_id
    left join counted on leads.lead_id = counted.lead_id
    left join calls on leads.lead_id = calls.lead_id
    left join won on leads.lead_id = won.lead_id

)

select * from joined
