-- `crescendo estimate` writes after a build, so this is no table that a build would have to renew.
{{ config(materialized='view') }}

with

estimates as (

    select * from {{ ref('stg_estimates__forecasts') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

named as (

    select
        estimates.subject_id as subject,
        subjects.subject_type,
        subjects.name,
        metrics.platform,
        metrics.metric,
        metrics.unit,
        metrics.kind,
        estimates.age_group,
        estimates.last_week_date,
        estimates.horizon_weeks,
        estimates.target_date,
        estimates.week_value,
        estimates.week_low,
        estimates.week_high,
        estimates.reach_value,
        estimates.reach_low,
        estimates.reach_high,
        estimates.forecast_error,
        estimates.naive_error,
        estimates.held_ratio,
        estimates.tried_count,
        estimates.status,
        estimates.certainty,
        estimates.estimated_at,
        estimates.series_id
    from estimates
    inner join metrics on estimates.metric_id = metrics.metric_id
    inner join subjects on estimates.subject_id = subjects.subject_id
    -- what was estimated may be of series whose files are gone by now
    inner join series on estimates.series_id = series.series_id

)

select * from named
