-- What was said of each day, and from when until when. Only what was replaced is kept apart, so the
-- first build costs nothing more. docs/decisions/0021 says what is a version.
{{ config(materialized='view') }}  -- all but a few of its rows are those of fct_observations

with

observations as (

    select * from {{ ref('fct_observations') }}

),

replaced as (

    select * from {{ ref('stg_load_audit__replaced_observations') }}

),

judgements as (

    select * from {{ ref('stg_load_audit__judgements') }}

),

judgements_dated as (

    select
        judged_at,
        max(newest_load_id) as newest_load_id
    from judgements
    group by judged_at

),

versions as (

    select
        series_id,
        observed_date,
        value,
        linked_value,
        change,
        span_days,
        next_observed_date,
        change_class,
        is_outlier,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks,
        running_corrections,
        running_restatements,
        running_resets,
        running_relinks,
        known_from,
        cast(null as timestamp) as known_until
    from observations

    union all

    select
        series_id,
        observed_date,
        value,
        linked_value,
        change,
        span_days,
        next_observed_date,
        change_class,
        is_outlier,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks,
        running_corrections,
        running_restatements,
        running_resets,
        running_relinks,
        known_from,
        known_until
    from replaced

),

loaded as (

    select
        versions.*,
        judgements_dated.newest_load_id
    from versions
    left join judgements_dated on versions.known_from = judgements_dated.judged_at

)

select * from loaded
