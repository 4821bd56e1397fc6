-- What is wrong with the data, never with us: it is set aside or marked, and the build goes on.
-- The last of all models, so it may read every layer.

with

doubted as (

    select * from {{ ref('int_quality_findings_unioned') }}

),

counted as (

    select * from {{ ref('int_metrics_doubted') }}

),

quarantined as (

    select * from {{ ref('fct_listening_refusals') }}

),

extractions as (

    select * from {{ ref('fct_listening_extractions') }}

),

id_reuses as (

    select * from {{ ref('fct_id_reuses') }}

),

files as (

    select * from {{ ref('int_quality_record_files_aggregated') }}

),

unioned as (

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        _row_id
    from doubted

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        null as _row_id
    from counted

    union all

    select
        quarantine_reason as finding_kind,
        record_id,
        route as place,
        refused_value as example,
        load_date as found_date,
        null as _row_id
    from quarantined

    union all

    select
        'extraction_incomplete' as finding_kind,
        extraction_id as record_id,
        route as place,
        cast(record_count as string) || ' of ' || cast(total_count as string) as example,
        load_date as found_date,
        null as _row_id
    from extractions
    where not coalesce(is_complete, false)

    union all

    select
        'id_reused' as finding_kind,
        record_id,
        route as place,
        record_key as example,
        load_date as found_date,
        null as _row_id
    from id_reuses

),

-- one row per kind, record and place; a blank says that the source names none
findings as (

    select
        unioned.finding_kind,
        coalesce(unioned.record_id, '') as record_id,
        coalesce(unioned.place, '') as place,
        min(unioned.example) as example,
        count(*) as finding_count,
        min(unioned.found_date) as first_found_date,
        max(unioned.found_date) as last_found_date,
        min(files.path) as file_path
    from unioned
    left join files on unioned._row_id = files._row_id
    group by all

)

select * from findings
