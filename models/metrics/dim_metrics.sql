with

metric_catalog as (

    select * from {{ ref('metric_catalog') }}

),

metrics as (

    select
        platform || ':' || metric as metric_id,
        platform,
        metric,
        metric_name,
        kind,
        unit,
        add_over_time,
        add_over_platform,
        cadence_days,
        max_age_days,
        lag_days,
        min_base,
        correction_ratio,
        reset_ratio,
        outlier_drop_ratio
    from metric_catalog

)

select * from metrics
