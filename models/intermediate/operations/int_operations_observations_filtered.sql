-- The journal keeps every column, model and test. The spine gets those that tell something: what
-- never lacks a value, takes no time, rejects nothing and never fails would be most of it.

-- a table of two weeks: a view would look through all that was observed for each reader
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('stg_operations__observations') }}

),

latest as (

    select
        cast({{ dbt.dateadd('day', -var('operations_days'), 'max(observed_date)') }} as date)
            as before_date
    from observations

),

ranged as (

    select
        observations.subject_id,
        observations.subject_type,
        observations.measured_name,
        observations.group_id,
        observations.metric,
        observations.observed_date,
        observations.value,
        min(observations.value) over in_series as smallest,
        max(observations.value) over in_series as largest
    from observations
    cross join latest
    where observations.observed_date > latest.before_date
    window in_series as (partition by observations.subject_id, observations.metric)

),

filtered as (

    select
        subject_id,
        subject_type,
        measured_name,
        group_id,
        metric,
        observed_date,
        value
    from ranged
    where
        case
            when subject_type = 'column' and metric = 'null_ratio' then largest > 0
            when subject_type = 'column' then smallest < 1
            when subject_type = 'model' and metric = 'seconds' then largest >= 0.5
            when metric in ('rejected_ratio', 'duplicate_ratio', 'unknown_fields') then largest > 0
            when subject_type = 'model' or subject_type = 'test'
                then metric <> 'seconds' and largest > 0
            else true
        end

)

select * from filtered
