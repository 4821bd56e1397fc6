-- Switches between two versions with the nearest day on which the two can be compared: the day
-- itself, the day before it, and so on. Farther days say less, because a version may change its
-- scale in between.

with

readings as (

    select * from {{ ref('int_audience_readings_unioned') }}

),

switches as (

    select * from {{ ref('int_audience_version_switches_unioned') }}

),

-- one row per switch and day that both have
common as (

    select
        switches.subject_id,
        switches.metric_id,
        switches.counted,
        switches.observed_date,
        old.observed_date as compared_date,
        old.value as older_value,
        new.value as newer_value,
        {{ is_contradicted('old.value', 'new.value', 'switches.') }} as is_contradicted,
        row_number() over (
            partition by
                switches.subject_id, switches.metric_id, switches.counted, switches.observed_date
            order by
                abs({{ days_between('old.observed_date', 'switches.observed_date') }}),
                old.observed_date
        ) as nearness
    from switches
    inner join readings as old
        on
            switches.subject_id = old.subject_id
            and switches.metric_id = old.metric_id
            and switches.counted = old.counted
            and switches.version_number_before = old.version_number
            and switches.answer_page_before = old.answer_page
    inner join readings as new
        on
            switches.subject_id = new.subject_id
            and switches.metric_id = new.metric_id
            and switches.counted = new.counted
            and switches.version_number = new.version_number
            and switches.answer_page = new.answer_page
            and old.observed_date = new.observed_date

),

-- one row per switch
compared as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value,
        is_contradicted
    from common
    where nearness = 1

)

select * from compared
