-- For each day, the newest version wins. Each day is shown with the day before it.

with

versions as (

    select * from {{ ref('int_audience_versions_resolved') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by subject_id, metric_id, counted, observed_date
            order by version_number desc
        ) as place,
        lead(version_number) over (
            partition by subject_id, metric_id, counted, observed_date
            order by version_number desc
        ) as next_version_number,
        lead(value) over (
            partition by subject_id, metric_id, counted, observed_date
            order by version_number desc
        ) as next_version_value
    from versions

),

-- one row per subject, metric, identifier and day
ruled as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        version_number,
        value,
        tolerated_ratio,
        next_version_number,
        next_version_value,
        tolerated_difference,
        {{ is_contradicted('value', 'next_version_value') }} as is_contradicted,
        lag(version_number) over in_time as version_number_before,
        -- what it would be if it were to the next version as the value of the day before was
        case
            when next_version_number = lag(next_version_number) over in_time
                then
                    next_version_value * lag(value) over in_time
                    / nullif(lag(next_version_value) over in_time, 0)
        end as value_on_scale_before,
        abs(value - lag(value) over in_time)
        > abs(next_version_value - lag(next_version_value) over in_time)
            as moves_more_than_next
    from numbered
    where place = 1
    window in_time as (partition by subject_id, metric_id, counted order by observed_date)

),

scaled as (

    select
        *,
        {{ is_contradicted('value', 'value_on_scale_before') }} as is_off_scale_before
    from ruled

)

select * from scaled
