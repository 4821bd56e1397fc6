-- An average day: of a counter or a flow what it gained, of all else its value. Days before the
-- first observation and after the last do not count.

with

anchors as (

    {{ window_anchors() }}

),

averaged as (

    select
        subject_id as subject,
        name,
        platform,
        metric,
        unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        case
            when kind = 'flow' then gained / observed_days
            -- it was silent as the window opened: what came then is not of this window alone
            when start_observed_date is not null and start_value is null then null
            when kind = 'counter' then gained / nullif(gained_day_count, 0)
            else value_days / value_day_count
        end as average_per_observed_day,
        end_value as latest_value,
        observed_days,
        expected_days,
        least(1, observed_days / expected_days) as coverage_ratio,
        series_id,
        subject_type,
        kind
    from anchors
    where
        observed_days > 0
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

)

select * from averaged
