-- The door of the spine: a new domain adds its `union all`. What cannot be observed of an audience
-- is set aside here, once for all domains, and counted in fct_findings.

with

audience as (

    select * from {{ ref('int_audience_observations') }}

),

listening as (

    select * from {{ ref('int_listening_observations') }}

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
        subject_id,
        metric_id,
        observed_date,
        value,
        linked_value,
        is_restated,
        case
            when value is null then 'value_missing'
            when subject_id is null then 'subject_unknown'
            when metric_id is null then 'metric_unknown'
            when abs(value) > {{ var('largest_count') }} then 'value_too_large'
            -- a score may fall below zero
            when value < 0 and metric_id not like 'soundcharts:%' then 'value_negative'
            when value < 1 and metric_id like '%:chart_position' then 'place_below_one'
        end as set_aside_reason
    from unioned

)

select * from judged
