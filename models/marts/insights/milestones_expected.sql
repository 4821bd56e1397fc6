-- `crescendo estimate` writes after a build, so this is no table that a build would have to renew.
{{ config(materialized='view') }}

with

estimates as (

    select * from {{ ref('stg_estimates__milestones_expected') }}

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
        estimates.threshold,
        estimates.newest_value,
        estimates.observed_date,
        estimates.earliest_date,
        estimates.expected_date,
        estimates.latest_date,
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
