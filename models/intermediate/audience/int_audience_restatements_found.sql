-- If two versions of the same days contradict each other by more than a correction, the series
-- changes its scale. It does so on the first day that the newer version rules, or on a later day on
-- which they begin or cease to contradict each other (int_audience_divergences_found).

-- a table: read by observations and by metrics.restatements
{{ config(materialized='table') }}

with

switches as (

    select * from {{ ref('int_audience_version_switches_found') }}

),

-- two versions without a common day
bridged as (

    select * from {{ ref('int_audience_version_gaps_found') }}

),

boundaries as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value
    from switches
    where is_contradicted

    union all

    select * from {{ ref('int_audience_divergences_found') }}

    union all

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value
    from bridged
    where is_contradicted

),

-- one row per subject, metric, identifier and day: a day may be one in two ways
numbered as (

    select
        *,
        row_number() over (
            partition by subject_id, metric_id, counted, observed_date
            order by compared_date, older_value, newer_value
        ) as place
    from boundaries

),

found as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value
    from numbered
    where place = 1

)

select * from found
