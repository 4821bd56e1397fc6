-- Joignabilité: of the leads that were called, how many were reached. External calls on outbound
-- leads are missing in some weeks, so the figure is understated: floor and ceiling say by how much.
-- The floor takes every outbound lead of such a week for called and not reached; the ceiling takes
-- those that no known call reached for reached.

with

leads as (

    select * from {{ ref('fct_leads') }}
    where is_received

),

calls as (

    select * from {{ ref('fct_call_attempts') }}
    where is_attempt

),

weeks as (

    select * from {{ ref('int_leads_channel_weeks_dated') }}

),

external_weeks as (

    select
        cast({{ dbt.date_trunc('week', 'called_date') }} as date) as week_date,
        count(*) as external_call_count
    from calls
    where centre = 'external'
    group by all

),

-- one row per lead
known as (

    select
        leads.created_week_date as week_date,
        leads.channel_id,
        leads.attempt_count,
        leads.known_attempt_count,
        leads.attempt_count > 0 as is_attempted,
        leads.reached_call_count > 0 as is_reached,
        leads.direction = 'outbound'
        and coalesce(leads.has_consent, true)
        and external_weeks.week_date is null
        and leads.reached_call_count = 0 as is_uncertain,
        case
            when leads.first_attempt_at >= leads.created_at
                then {{ seconds_between('leads.created_at', 'leads.first_attempt_at') }} / 60.0
        end as minutes_to_call
    from leads
    left join external_weeks on leads.created_week_date = external_weeks.week_date

),

-- one row per week and channel
summed as (

    select
        week_date,
        channel_id,
        count(*) as received_count,
        count(*) filter (where is_attempted) as attempted_count,
        count(*) filter (where is_reached) as reached_count,
        count(*) filter (where is_uncertain) as uncertain_count,
        count(*) filter (where is_uncertain and not is_attempted) as unseen_count,
        cast(sum(attempt_count) as bigint) as attempt_count,
        cast(sum(known_attempt_count) as bigint) as known_attempt_count,
        median(minutes_to_call) as median_minutes_to_call
    from known
    group by week_date, channel_id

),

described as (

    select
        summed.week_date,
        coalesce({{ iso_week('summed.week_date') }}, '(no date)') as week,
        summed.channel_id,
        summed.received_count,
        summed.attempted_count,
        summed.reached_count,
        summed.reached_count / nullif(summed.attempted_count, 0) as reachability_ratio,
        summed.reached_count / nullif(summed.attempted_count + summed.unseen_count, 0)
            as floor_ratio,
        (summed.reached_count + summed.uncertain_count)
        / nullif(summed.attempted_count + summed.unseen_count, 0) as ceiling_ratio,
        summed.uncertain_count,
        summed.attempt_count,
        summed.known_attempt_count / nullif(summed.attempt_count, 0) as known_source_ratio,
        summed.attempt_count / nullif(summed.attempted_count, 0) as attempts_per_lead,
        summed.median_minutes_to_call,
        coalesce(weeks.is_partial_week, true) as is_partial_week,
        'Understated: external calls on outbound leads are not included.' as note
    from summed
    left join weeks
        on summed.week_date = weeks.week_date and summed.channel_id = weeks.channel_id

)

select * from described
