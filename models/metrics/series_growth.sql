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

described as (

    select
        judged.subject_id as subject,
        judged.name,
        judged.platform,
        judged.metric,
        judged.unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        judged.start_value,
        judged.start_observed_date,
        judged.start_age_days,
        judged.end_value,
        judged.end_observed_date,
        judged.end_age_days,
        judged.growth,
        case
            when judged.status in ('ok', 'low_base', 'low_coverage', 'partial_window')
                then 100 * judged.growth / judged.start_value
        end as growth_pct,
        judged.gained_here as gained,
        judged.gained_before as previous_gained,
        case
            when
                judged.status in ('ok', 'low_base', 'low_coverage', 'partial_window')
                and judged.gained_before > 0
                then 100 * (judged.gained_here - judged.gained_before) / judged.gained_before
        end as period_change_pct,
        case
            when
                judged.status in ('ok', 'low_base', 'low_coverage', 'partial_window')
                and judged.end_value >= 0
                then 100 * (pow(judged.end_value / judged.start_value, 1 / judged.window_days) - 1)
        end as daily_rate_pct,
        judged.observed_days,
        judged.expected_days,
        judged.coverage_ratio,
        judged.correction_count,
        judged.restatement_count,
        judged.reset_count,
        judged.is_new,
        judged.status,
        judged.series_id,
        judged.subject_type,
        judged.kind
    from judged
    where if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

)

select * from described
