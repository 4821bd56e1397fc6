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

-- a value of a report or a chart is told once, with its record, which knows the file
unfiled as (

    select
        observations.finding_kind,
        observations.record_id,
        observations.place,
        observations.example,
        observations.found_date
    from observations
    left join records
        on
            observations.finding_kind = records.finding_kind
            and observations.record_id = records.record_id
            and observations.place = records.place
            and observations.found_date = records.found_date
    where records.finding_kind is null

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
    from unfiled

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
