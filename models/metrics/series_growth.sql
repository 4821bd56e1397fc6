-- reference/growth.md in one place: the value at both ends of any window, what was gained between
-- them, how much of it was seen, and one word that says whether a percent may be believed.

with

anchors as (

    {{ window_anchors() }}

),

-- the first that holds; a base of zero or less has no percent
judged as (

    select
        *,
        case
            when end_observed_date is null then 'no_end'
            when start_observed_date is null then 'no_base'
            when end_value is null then 'stale_end'
            when start_value is null then 'stale_base'
            when start_value <= 0 then 'zero_base'
            when reset_count > 0 then 'reset_in_window'
            when restatement_count > 0 then 'restated_in_window'
            when coverage_ratio < 0.8 then 'low_coverage'
            when start_value < min_base then 'low_base'
            when is_partial then 'partial_window'
            else 'ok'
        end as status,
        -- from zero, where it is known that it began in the window
        end_value - case
            when is_new and kind in ('counter', 'flow') then 0
            else start_value
        end as growth,
        case when start_value is not null and end_value is not null then gained end as gained_here,
        case when start_value is not null and has_earlier_value then previous_gained end
            as gained_before
    from anchors

),

rated as (

    select
        *,
        status in ('ok', 'low_base', 'low_coverage', 'partial_window') as has_percent
    from judged

),

described as (

    select
        rated.subject_id as subject,
        rated.name,
        rated.platform,
        rated.metric,
        rated.unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        rated.start_value,
        rated.start_observed_date,
        rated.start_age_days,
        rated.end_value,
        rated.end_observed_date,
        rated.end_age_days,
        rated.growth,
        case when rated.has_percent then 100 * rated.growth / rated.start_value end as growth_pct,
        rated.gained_here as gained,
        rated.gained_before as previous_gained,
        case
            when rated.has_percent and rated.gained_before > 0
                then 100 * (rated.gained_here - rated.gained_before) / rated.gained_before
        end as period_change_pct,
        case
            when rated.has_percent and rated.end_value >= 0
                then 100 * (pow(rated.end_value / rated.start_value, 1 / rated.window_days) - 1)
        end as daily_rate_pct,
        rated.observed_days,
        rated.expected_days,
        rated.coverage_ratio,
        rated.correction_count,
        rated.restatement_count,
        rated.reset_count,
        rated.is_new,
        rated.status,
        rated.series_id,
        rated.subject_type,
        rated.kind
    from rated
    where if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

)

select * from described
