-- What is wrong with the data, never with us: it is set aside or marked, and the build goes on.
-- The last of all models, so it may read every layer.

with

doubted as (

    select * from {{ ref('int_quality_findings_unioned') }}

),

counted as (

    select * from {{ ref('int_metrics_doubted') }}

),

leads as (

    select * from {{ ref('int_quality_leads_found') }}

),

lead_dates as (

    select * from {{ ref('int_quality_lead_dates_found') }}

),

listening as (

    select * from {{ ref('int_quality_listening_found') }}

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
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        null as _row_id
    from leads

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        null as _row_id
    from lead_dates

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date,
        null as _row_id
    from listening

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
