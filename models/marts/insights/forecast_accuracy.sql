-- `crescendo estimate` writes after a build, so this is no table that a build would have to renew.
{{ config(materialized='view') }}

with

estimates as (

    select * from {{ ref('stg_estimates__forecast_accuracy') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

named as (

    select
        metrics.platform,
        metrics.metric,
        estimates.age_group,
        estimates.horizon_weeks,
        estimates.judged_count,
        estimates.shown_count,
        estimates.forecast_error,
        estimates.naive_error,
        estimates.held_ratio,
        estimates.tried_count,
        estimates.estimated_at
    from estimates
    inner join metrics on estimates.metric_id = metrics.metric_id

)

select * from named
