-- Where two versions of the same days contradict each other by more than a correction, the series
-- changes its scale: a boundary. It lies where the newer version is first used; or later, on the
-- first of two days on which an older version that agreed until then differs. What one answer gives
-- twice with two values is between two boundaries, because the rest may be on either scale.

-- a table: read by observations and by metrics.restatements
{{ config(materialized='table') }}

with

switches as (

    select * from {{ ref('int_audience_version_switches_found') }}

),

current_versions as (

    select * from {{ ref('int_audience_versions_latest') }}

),

-- an older version that agrees with the current one, then differs
diverged as (

    select
        *,
        lag(is_contradicted) over in_time as was_contradicted,
        lag(next_version_number) over in_time as version_before,
        lead(is_contradicted) over in_time as stays_contradicted,
        lead(next_version_number) over in_time as version_after,
        -- see int_audience_versions_resolved
        version_number % 2 = 0 and next_version_number = version_number - 1 as is_given_twice,
        -- an excursion of the older version differs for some days, another scale for good
        2 * count(*) filter (where is_contradicted) over from_there
        > count(next_version_value) over from_there as is_diverged_for_good
    from current_versions
    window
        in_time as (partition by subject_id, metric_id, counted order by observed_date),
        from_there as (
            partition by subject_id, metric_id, counted
            order by observed_date
            rows between current row and 20 following
        )

),

-- two versions without a common day; an older one that has days of both tells their scales apart
bridged as (

    select current_versions.*
    from current_versions
    left join switches
        on
            current_versions.subject_id = switches.subject_id
            and current_versions.metric_id = switches.metric_id
            and current_versions.counted = switches.counted
            and current_versions.observed_date = switches.observed_date
    where
        switches.observed_date is null
        and current_versions.version_number <> current_versions.version_number_before
        and current_versions.is_off_scale_before

),

boundaries as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        compared_date,
        older_value,
        newer_value
    from switches
    where is_contradicted

    union all

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        observed_date as compared_date,
        next_version_value as older_value,
        value as newer_value
    from diverged
    where
        version_number = version_number_before
        and version_before = next_version_number
        and (
            (is_given_twice and is_contradicted <> was_contradicted)
            or (
                version_after = next_version_number
                and is_contradicted
                and not was_contradicted
                and stays_contradicted
                and is_diverged_for_good
            )
        )

    union all

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        observed_date as compared_date,
        value_on_scale_before as older_value,
        value as newer_value
    from bridged

)

select * from boundaries
