with

metric_catalog as (

    select * from {{ ref('metric_catalog') }}

),

uncatalogued as (

    select * from {{ ref('int_metrics_uncatalogued') }}

),

metrics as (

    select
        platform || ':' || metric as metric_id,
        platform,
        metric,
        metric_name,
        kind,
        unit,
        add_over_platform,
        cadence_days,
        max_age_days,
        rolling_days,
        min_base,
        correction_ratio,
        reset_ratio,
        outlier_drop_ratio,
        true as is_catalogued
    from metric_catalog

    union all

    -- what most of the catalogue says, of a number that promises nothing
    select
        metric_id,
        platform,
        metric,
        platform || ' ' || replace(metric, '_', ' ') as metric_name,
        'gauge' as kind,
        metric as unit,
        'never' as add_over_platform,
        1 as cadence_days,
        3 as max_age_days,
        cast(null as integer) as rolling_days,
        1000 as min_base,
        cast(null as double) as correction_ratio,
        cast(null as double) as reset_ratio,
        cast(null as double) as outlier_drop_ratio,
        false as is_catalogued
    from uncatalogued

)

select * from metrics
