-- What cannot be observed of an audience is set aside here, once for all domains, and counted in
-- fct_findings.

with

received as (

    select * from {{ ref('int_observations_received') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

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
            -- a run may be later than the last load
            when
                received.observed_date > latest.latest_date
                and received.metric_id not like 'crescendo:%'
                then 'date_in_the_future'
            when received.value is null then 'value_missing'
            when received.subject_id is null then 'subject_unknown'
            when received.metric_id is null then 'metric_unknown'
            when abs(received.value) > {{ var('largest_count') }} then 'value_too_large'
            -- a score may fall below zero, and so may spend, by a credit
            when
                received.value < 0
                and received.metric_id not like 'soundcharts:%'
                and received.metric_id <> 'leads:spend'
                then 'value_negative'
            when received.value < 1 and received.metric_id like '%:chart_position'
                then 'place_below_one'
        end as set_aside_reason
    from received
    cross join latest

)

select * from judged
