-- What is wrong with the data and shows only once it is counted.
{{ config(materialized='view') }}  -- read once, by fct_findings

with

platforms as (

    select * from {{ ref('dim_platforms') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

silences as (

    select * from {{ ref('fct_silences') }}

),

completeness as (

    select * from {{ ref('platform_completeness') }}

),

summaries as (

    select * from {{ ref('summary_reconciliation') }}

),

doubted as (

    select
        'platform_uncatalogued' as finding_kind,
        platform as record_id,
        'seeds/platforms.csv' as place,
        platform_name as example,
        cast(null as date) as found_date
    from platforms
    where not is_catalogued

    union all

    select
        case
            when metrics.metric_id is null then 'summary_metric_unknown'
            else 'partner_growth_unexplained'
        end as finding_kind,
        summaries.subject_id as record_id,
        summaries.metric_id as place,
        summaries.period || ': ' || cast(summaries.partner_growth as string) as example,
        summaries.to_date as found_date
    from summaries
    left join metrics on summaries.metric_id = metrics.metric_id
    where summaries.verdict = 'unexplained'

    union all

    select
        'date_ahead' as finding_kind,
        series.subject_id as record_id,
        series.metric_id as place,
        cast(silences.silent_until_date as string) as example,
        silences.silent_until_date as found_date
    from silences
    inner join series on silences.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    inner join completeness on metrics.platform = completeness.platform
    where silences.silent_until_date > completeness.complete_through_date

)

select * from doubted
