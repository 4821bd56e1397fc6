-- What a day brought and where it ended. Of a counter or a flow a day is what was gained, of all
-- else it is where the value stood; days before the first observation and after the last count not.

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
            -- it was silent as the window opened: what came then is not of this window alone
            when start_observed_date is not null and start_value is null then null
            when kind in ('counter', 'flow') then gained / nullif(gained_day_count, 0)
            else value_days / value_day_count
        end as average_per_observed_day,
        end_value as latest_value,
        observed_days,
        expected_days,
        coverage_ratio,
        series_id,
        subject_type,
        kind
    from anchors
    where
        observed_days > 0
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

)

select * from averaged
