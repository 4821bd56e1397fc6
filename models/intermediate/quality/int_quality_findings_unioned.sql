with

pages as (

    select * from {{ ref('int_quality_pages_found') }}

),

records as (

    select * from {{ ref('int_quality_records_found') }}

),

observations as (

    select * from {{ ref('int_quality_observations_found') }}

),

answers as (

    select * from {{ ref('int_quality_answers_found') }}

),

metrics as (

    select * from {{ ref('int_metrics_uncatalogued') }}

),

unioned as (

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        _row_id
    from pages

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        _row_id
    from records

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        cast(null as uuid) as _row_id
    from observations

    union all

    select
        'listed_twice' as finding_kind,
        record_id,
        place,
        example,
        found_date,
        cast(null as uuid) as _row_id
    from answers

    union all

    select
        'metric_uncatalogued' as finding_kind,
        metric_id as record_id,
        'seeds/metric_catalog.csv' as place,
        metric as example,
        cast(null as date) as found_date,
        cast(null as uuid) as _row_id
    from metrics

)

select * from unioned
