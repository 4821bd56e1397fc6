-- What each version says of each day, and each page of an answer that contradicts itself.

with

versions as (

    select * from {{ ref('int_audience_versions_resolved') }}

),

pages as (

    select * from {{ ref('int_audience_pages_resolved') }}

),

readings as (

    select
        subject_id,
        metric_id,
        counted,
        version_number,
        0 as answer_page,
        observed_date,
        value
    from versions

    union all

    select
        subject_id,
        metric_id,
        counted,
        version_number,
        answer_page,
        observed_date,
        value
    from pages

)

select * from readings
