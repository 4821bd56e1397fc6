-- Two versions that contradict each other are two scales, and so is an answer or record that gives
-- two values of a day. The larger one counts.

-- a table: read three times on the way to the boundaries
{{ config(materialized='table') }}

with

versions as (

    select * from {{ ref('int_audience_versions_unioned') }}

),

-- what may fall has no correction of its own; a point of an index is no other scale
tolerated as (

    select
        platform || ':' || metric as metric_id,
        correction_ratio,
        case kind when 'index' then 1 else 0 end as tolerated_difference
    from {{ ref('metric_catalog') }}

),

-- one row per subject, metric, identifier, version and day
counted as (

    select
        versions.subject_id,
        versions.metric_id,
        versions.counted,
        versions.version_number,
        versions.observed_date,
        max(versions.value) as value,
        min(versions.value) as lesser_value,
        coalesce(max(tolerated.correction_ratio), 0.01) as tolerated_ratio,
        coalesce(max(tolerated.tolerated_difference), 0) as tolerated_difference
    from versions
    left join tolerated on versions.metric_id = tolerated.metric_id
    group by all

),

with_two_values as (

    select
        subject_id,
        metric_id,
        counted,
        version_number
    from counted
    where lesser_value < value
    group by subject_id, metric_id, counted, version_number

),

parted as (

    select
        subject_id,
        metric_id,
        counted,
        2 * version_number as version_number,
        observed_date,
        value,
        tolerated_ratio,
        tolerated_difference
    from counted

    union all

    select
        counted.subject_id,
        counted.metric_id,
        counted.counted,
        2 * counted.version_number - 1 as version_number,
        counted.observed_date,
        counted.lesser_value as value,
        counted.tolerated_ratio,
        counted.tolerated_difference
    from counted
    inner join with_two_values
        on
            counted.subject_id = with_two_values.subject_id
            and counted.metric_id = with_two_values.metric_id
            and counted.counted = with_two_values.counted
            and counted.version_number = with_two_values.version_number

)

select * from parted
