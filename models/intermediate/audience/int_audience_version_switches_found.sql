-- The days on which another version begins to rule, with the nearest day on which the two can be
-- compared: that day itself, the day before it, else the last one before, else the first one after.

with

versions as (

    select * from {{ ref('int_audience_versions_resolved') }}

),

ruled as (

    select * from {{ ref('int_audience_versions_latest') }}

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
        old.observed_date as compared_date,
        old.value as older_value,
        new.value as newer_value,
        {{ is_contradicted('old.value', 'new.value', 'switches.') }} as is_contradicted,
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

-- one row per switch; an excursion of the older version contradicts for at most ten observations,
-- another scale for good, so most of the days around must
compared as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        min_by(compared_date, nearness) as compared_date,
        min_by(older_value, nearness) as older_value,
        min_by(newer_value, nearness) as newer_value,
        coalesce(bool_or(is_contradicted) filter (where nearness = 1), false)
        and 2 * count(*) filter (where is_contradicted) > count(*) as is_contradicted
    from common
    where nearness <= 21
    group by all

)

select * from compared
