-- The series that this build judges, and the day from which on.

-- a table of few rows, read beside all observations
{{ config(materialized='table') }}

with

series as (

    select * from {{ ref('int_series_ruled') }}

),

changed as (

    select * from {{ ref('int_series_changed') }}

),

carried as (

    select * from {{ ref('int_series_carried') }}

),

planned as (

    select * from {{ ref('int_judging_planned') }}

),

touched as (

    select
        series.series_id,
        series.subject_id,
        series.metric_id,
        series.observation_count,
        series.fingerprint,
        series.rules_fingerprint,
        series.total_scale,
        series.first_date as oldest_date,
        series.last_date,
        true as is_whole,
        false as is_vanished,
        cast(null as date) as carried_date,
        cast(null as double) as running_gain,
        cast(null as double) as running_value_days,
        cast(null as double) as running_breaks,
        cast(null as bigint) as running_observations
    from series
    inner join planned on planned.is_whole

    union all

    select
        changed.series_id,
        changed.subject_id,
        changed.metric_id,
        changed.observation_count,
        changed.fingerprint,
        changed.rules_fingerprint,
        changed.total_scale,
        changed.oldest_date,
        changed.last_date,
        false as is_whole,
        changed.is_vanished,
        carried.carried_date,
        carried.running_gain,
        carried.running_value_days,
        carried.running_breaks,
        carried.running_observations
    from changed
    inner join planned on not planned.is_whole
    left join carried on changed.series_id = carried.series_id

)

select * from touched
