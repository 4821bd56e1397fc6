-- The pages of an answer that gives a day twice with two values: which page says what.

-- a table of few rows: read twice on the way to the boundaries
{{ config(materialized='table') }}

with

versions as (

    select * from {{ ref('int_audience_versions_unioned') }}

),

-- one row per subject, metric, identifier, such answer and day
with_two_values as (

    select * from {{ ref('int_audience_versions_resolved') }}
    where version_number % 2 = 1

),

-- one row per subject, metric, identifier, answer, page and day
paged as (

    select
        versions.subject_id,
        versions.metric_id,
        versions.counted,
        with_two_values.version_number + 1 as version_number,
        versions.answer_page,
        versions.observed_date,
        max(versions.value) as value
    from versions
    inner join with_two_values
        on
            versions.subject_id = with_two_values.subject_id
            and versions.metric_id = with_two_values.metric_id
            and versions.counted = with_two_values.counted
            and 2 * versions.version_number - 1 = with_two_values.version_number
            and versions.observed_date = with_two_values.observed_date
    where versions.answer_page > 0
    group by all

)

select * from paged
