-- The days on which another version begins to rule, or another page of an answer that contradicts
-- itself. Page 0 is the whole version.

with

current_versions as (

    select * from {{ ref('int_audience_versions_latest') }}

),

current_pages as (

    select * from {{ ref('int_audience_pages_latest') }}

),

switches as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        version_number_before,
        0 as answer_page_before,
        version_number,
        0 as answer_page,
        tolerated_ratio,
        tolerated_difference
    from current_versions
    where version_number <> version_number_before

    union all

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        version_number_before,
        answer_page_before,
        version_number,
        answer_page,
        tolerated_ratio,
        tolerated_difference
    from current_pages
    where version_number = version_number_before and answer_page <> answer_page_before

)

select * from switches
