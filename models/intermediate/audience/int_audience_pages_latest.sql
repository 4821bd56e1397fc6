-- For each day that an answer rules which gives days twice, the page that has the largest value.

with

pages as (

    select * from {{ ref('int_audience_pages_resolved') }}

),

current_versions as (

    select * from {{ ref('int_audience_versions_latest') }}

),

numbered as (

    select
        pages.*,
        current_versions.version_number_before,
        current_versions.tolerated_ratio,
        current_versions.tolerated_difference,
        row_number() over (
            partition by pages.subject_id, pages.metric_id, pages.counted, pages.observed_date
            order by pages.value desc, pages.answer_page desc
        ) as place
    from pages
    inner join current_versions
        on
            pages.subject_id = current_versions.subject_id
            and pages.metric_id = current_versions.metric_id
            and pages.counted = current_versions.counted
            and pages.observed_date = current_versions.observed_date
            and pages.version_number = current_versions.version_number

),

-- one row per subject, metric, identifier and day
ruled as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        version_number,
        version_number_before,
        answer_page,
        -- of the day before, if the same answer ruled it
        lag(answer_page) over (
            partition by subject_id, metric_id, counted
            order by observed_date
        ) as answer_page_before,
        tolerated_ratio,
        tolerated_difference
    from numbered
    where place = 1

)

select * from ruled
