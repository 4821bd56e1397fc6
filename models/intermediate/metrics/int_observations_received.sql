-- The door of the spine: a new domain adds its `union all`. What cannot be observed of an audience
-- is set aside here, once for all domains, and counted in fct_findings.

with

audience as (

    select * from {{ ref('int_audience_observations') }}

),

listening as (

    select * from {{ ref('int_listening_observations') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- a day's figures may come from east of Greenwich
latest as (

    select cast({{ dbt.dateadd('day', 1, 'max(started_date)') }} as date) as latest_date
    from loads

),

unioned as (

    select
        subject_id,
        metric_id,
        observed_date,
        value,
        linked_value,
        is_restated
    from audience

    union all

    -- a listen has one identifier and one version
    select
        subject_id,
        metric_id,
        observed_date,
        value,
        cast(0 as double) as linked_value,
        false as is_restated
    from listening

),

judged as (

    select
        unioned.subject_id,
        unioned.metric_id,
        unioned.observed_date,
        unioned.value,
        unioned.linked_value,
        unioned.is_restated,
        case
            when unioned.observed_date > latest.latest_date then 'date_in_the_future'
            when unioned.value is null then 'value_missing'
            when unioned.subject_id is null then 'subject_unknown'
            when unioned.metric_id is null then 'metric_unknown'
            when abs(unioned.value) > {{ var('largest_count') }} then 'value_too_large'
            -- a score may fall below zero
            when unioned.value < 0 and unioned.metric_id not like 'soundcharts:%'
                then 'value_negative'
            when unioned.value < 1 and unioned.metric_id like '%:chart_position'
                then 'place_below_one'
        end as set_aside_reason
    from unioned
    cross join latest

)

select * from judged
