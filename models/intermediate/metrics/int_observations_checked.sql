-- What cannot be observed of an audience is set aside here, once for all domains, and counted in
-- fct_findings.

with

received as (

    select * from {{ ref('int_observations_received') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

bounds as (

    select * from {{ ref('int_metrics_bounded') }}

),

-- a day's figures may come from east of Greenwich
latest as (

    select cast({{ dbt.dateadd('day', 1, 'max(started_date)') }} as date) as latest_date
    from loads

),

judged as (

    select
        received.subject_id,
        received.metric_id,
        received.observed_date,
        received.value,
        received.linked_value,
        received.is_restated,
        case
            -- nearly all: nothing below holds, and an engine that knows need not ask
            when
                received.value between bounds.accepted_from and bounds.accepted_to
                and received.observed_date between date '{{ var("earliest_date") }}'
                and latest.latest_date
                and received.subject_id is not null
                then null
            -- a run may be later than the last load
            when
                received.observed_date > latest.latest_date
                and received.metric_id not like 'crescendo:%'
                then 'date_in_the_future'
            when received.observed_date < date '{{ var("earliest_date") }}' then 'date_impossible'
            when received.value is null then 'value_missing'
            when received.subject_id is null then 'subject_unknown'
            when received.metric_id is null then 'metric_unknown'
            else {{ value_problem('received.value') }}
        end as set_aside_reason
    from received
    cross join latest
    left join bounds on received.metric_id = bounds.metric_id

)

select * from judged
