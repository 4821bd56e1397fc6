with

sums as (

    select * from {{ ref('grouped_series_growth') }}(from_date, to_date)

),

judged as (

    select
        *,
        case
            when same_count = 0 and restated_count > 0 and reset_count > 0
                then 'reset_in_window'
            when same_count = 0 and restated_count > 0 then 'restated_in_window'
            when same_count = 0
                then coalesce(['no_end', 'no_base', 'stale_end', 'stale_base'][reason], 'no_end')
            when start_value <= 0 then 'zero_base'
            when observed_days < 0.8 * expected_days then 'low_coverage'
            when start_value < min_base then 'low_base'
            when is_partial then 'partial_window'
            else 'ok'
        end as status
    from sums

),

rated as (

    select
        *,
        status in ('ok', 'low_base', 'low_coverage', 'partial_window') as has_percent
    from judged

),

described as (

    select
        subject,
        name,
        platform,
        metric,
        unit,
        {{ from_day() }} as from_date,
        {{ to_day() }} as to_date,
        start_value,
        start_observed_date,
        start_age_days,
        end_value,
        end_observed_date,
        end_age_days,
        end_value - start_value as growth,
        case when has_percent then 100 * (end_value - start_value) / start_value end as growth_pct,
        gained,
        previous_gained,
        -- of those that have both windows
        case
            when has_percent and previous_gained > 0
                then 100 * (gained_again - previous_gained) / previous_gained
        end as period_change_pct,
        case
            when has_percent and end_value >= 0
                then 100 * (
                    pow(end_value / start_value, 1 / ({{ to_day() }} - {{ from_day() }})) - 1
                )
        end as daily_rate_pct,
        observed_days,
        expected_days,
        case when expected_days > 0 then least(1, observed_days / expected_days) else 0 end
            as coverage_ratio,
        correction_count,
        restatement_count,
        reset_count,
        is_new,
        status,
        subject_type,
        member_type,
        same_count,
        new_count,
        new_value,
        lost_count,
        lost_value,
        restated_count,
        restated_change,
        total_change,
        twin_count,
        growth_with_twins
    from rated

)

select * from described
