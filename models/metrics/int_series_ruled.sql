-- All that the judgement of a series depends on besides its values is in rules_fingerprint: the
-- catalogue, and where one version of its days ends and another begins.

with

series as (

    select * from {{ ref('int_series_fingerprinted') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

ruled as (

    select
        series.*,
        metrics.cadence_days,
        {{ row_hash([
            'metrics.kind', 'metrics.correction_ratio', 'metrics.reset_ratio',
            'metrics.outlier_drop_ratio', 'series.total_scale', 'series.boundaries_fingerprint',
        ]) }} as rules_fingerprint
    from series
    inner join metrics on series.metric_id = metrics.metric_id

)

select * from ruled
