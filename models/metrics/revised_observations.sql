-- Why does last month's report say otherwise? Totals that a revision moves are no revision: only
-- what the source said, or that it no longer says anything.
{{ config(materialized='view') }}  -- asked rarely, and read off few rows

with

versions as (

    select * from {{ ref('fct_observation_versions') }}

),

replaced as (

    select * from {{ ref('stg_load_audit__replaced_observations') }}

),

judgements as (

    select * from {{ ref('stg_load_audit__judgements') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

judgements_dated as (

    select
        judged_at,
        max(newest_load_id) as newest_load_id
    from judgements
    group by judged_at

),

revised as (

    select
        replaced.series_id,
        series.subject_id,
        series.metric_id,
        replaced.observed_date,
        replaced.value as replaced_value,
        versions.value as revised_value,
        versions.series_id is null as is_withdrawn,
        replaced.known_from,
        replaced.known_until as revised_at,
        judgements_dated.newest_load_id
    from replaced
    left join versions
        on
            replaced.series_id = versions.series_id
            and replaced.observed_date = versions.observed_date
            and replaced.known_until = versions.known_from
    left join series on replaced.series_id = series.series_id
    left join judgements_dated on replaced.known_until = judgements_dated.judged_at
    where versions.series_id is null or replaced.value <> versions.value

)

select * from revised
