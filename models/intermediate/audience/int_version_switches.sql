-- The days on which another version begins to rule, with the nearest day on which the two can be
-- compared: that day itself, the day before it, else the last one before, else the first one after.

with

versions as (

    select * from {{ ref('int_audience_versions') }}

),

ruled as (

    select * from {{ ref('int_versions_ruled') }}

),

switches as (

    select * from ruled
    where version_number <> version_number_before

),

-- one row per switch and day that both versions have
common as (

    select
        switches.subject_id,
        switches.metric_id,
        switches.counted,
        switches.observed_date,
        switches.correction_ratio,
        old.observed_date as compared_date,
        old.value as older_value,
        new.value as newer_value,
        row_number() over (
            partition by
                switches.subject_id,
                switches.metric_id,
                switches.counted,
                switches.observed_date
            order by
                old.observed_date > switches.observed_date,
                abs({{ days_between('old.observed_date', 'switches.observed_date') }})
        ) as nearness
    from switches
    inner join versions as old
        on
            switches.subject_id = old.subject_id
            and switches.metric_id = old.metric_id
            and switches.counted = old.counted
            and switches.version_number_before = old.version_number
    inner join versions as new
        on
            switches.subject_id = new.subject_id
            and switches.metric_id = new.metric_id
            and switches.counted = new.counted
            and switches.version_number = new.version_number
            and old.observed_date = new.observed_date

),

compared as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value,
        correction_ratio
    from common
    where nearness = 1

)

select * from compared
