with

growth as (

    select * from {{ ref('judged_series_growth') }}(from_date, to_date)

),

described as (

    select
        subject_id as subject,
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
        growth_pct,
        gained_here as gained,
        gained_before as previous_gained,
        period_change_pct,
        daily_rate_pct,
        observed_days,
        expected_days,
        coverage_ratio,
        correction_count,
        restatement_count,
        reset_count,
        relink_count,
        is_new,
        status,
        series_id,
        subject_type,
        kind
    from growth

)

select * from described
