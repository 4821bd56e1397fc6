-- What a window must know of a series besides its observations, in one row: joined once in a build
-- instead of in every answer.

-- a table: it is read for each window
{{ config(materialized='table') }}

with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

platforms as (

    select * from {{ ref('platform_completeness') }}

),

ends as (

    select * from {{ ref('int_ends_unconfirmed') }}

),

described as (

    select
        series.series_id,
        series.subject_id,
        subjects.name,
        subjects.subject_type,
        subjects.began_on,
        metrics.platform,
        metrics.metric,
        metrics.unit,
        metrics.kind,
        metrics.min_base,
        metrics.max_age_days,
        metrics.cadence_days,
        series.first_date,
        platforms.complete_through_date,
        ends.unconfirmed_from_date
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    inner join subjects on series.subject_id = subjects.subject_id
    inner join platforms on metrics.platform = platforms.platform
    left join ends on series.series_id = ends.series_id

)

select * from described
