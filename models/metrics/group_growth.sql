with

sums as (

    select * from {{ ref('grouped_series_growth') }}(from_date, to_date)

),

statuses as (

    select * from {{ ref('dim_growth_statuses') }}

),

known as (

    select
        *,
        case
            when kind = 'flow' then coalesce(gained_then, previous_gained) else start_value
        end as base,
        covered_days < {{ var("coverage_floor") }} * expected_days as is_thin
    from sums

),

judged as (

    select
        known.*,
        case
            when known.same_count = 0 then coalesce(reasons.status, 'no_end')
            when known.base is null then 'no_base'
            when known.base <= 0 then 'zero_base'
            -- a flow of which no member can be compared
            when known.kind = 'flow' and known.gained_then is null then reasons.status
            when known.is_thin then 'low_coverage'
            when known.base < known.min_base then 'low_base'
            when known.is_partial then 'partial_window'
            else 'ok'
        end as status
    from known
    left join statuses as reasons on known.reason_rank = reasons.status_rank

),

rated as (

    {{ with_percent() }}

),

compared as (

    select
        *,
        case
            when has_percent and gained_then > 0
                then 100 * (gained_again - gained_then) / gained_then
        end as period_change_pct
    from rated

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
        growth,
        case
            when kind = 'flow' then period_change_pct
            when has_percent then 100 * growth / start_value
        end as growth_pct,
        gained,
        anchored_days,
        growth_per_day,
        previous_gained,
        period_change_pct,
        case
            when has_percent and kind <> 'flow' and start_value + growth >= 0
                then {{ daily_rate('start_value', 'growth', 'window_days') }}
        end as daily_rate_pct,
        observed_days,
        expected_days,
        if(expected_days > 0, covered_days / expected_days, 0) as coverage_ratio,
        correction_count,
        restatement_count,
        reset_count,
        relink_count,
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
        coalesce(growth, 0) + new_value - lost_value + restated_change as total_change,
        twin_count
    from compared

)

select * from described
