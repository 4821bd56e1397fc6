with

windows as (

    select * from {{ ref('int_windows_dated') }}

),

grown as (

    select * from {{ ref('int_windows_judged') }}

),

joined as (

    select
        grown.*,
        windows.window_name,
        windows.previous_from_date,
        windows.previous_to_date,
        previous.gained as gained_before,
        previous.start_value as start_before,
        previous.growth as growth_before,
        previous.daily_rate_pct as rate_before,
        case when previous.opening_scale = grown.closing_scale then previous.comparable_gained end
            as previous_base,
        previous.anchored_days as days_before,
        compared.gained as compared_gained,
        compared.anchored_days as compared_days,
        windows.year_before_from_date,
        windows.year_before_to_date,
        year_before.gained as year_before_gained,
        case
            when year_before.opening_scale = grown.closing_scale then year_before.comparable_gained
        end as year_before_base,
        year_before.anchored_days as year_before_days,
        year_compared.gained as year_compared_gained,
        year_compared.anchored_days as year_compared_days
    from windows
    inner join grown
        on
            windows.platform = grown.platform
            and windows.from_date = grown.from_date
            and windows.to_date = grown.to_date
    left join grown as previous
        on
            grown.series_id = previous.series_id
            and windows.previous_from_date = previous.from_date
            and windows.previous_to_date = previous.to_date
    left join grown as compared
        on
            grown.series_id = compared.series_id
            and windows.from_date = compared.from_date
            and windows.compared_to_date = compared.to_date
    left join grown as year_before
        on
            grown.series_id = year_before.series_id
            and windows.year_before_from_date = year_before.from_date
            and windows.year_before_to_date = year_before.to_date
    left join grown as year_compared
        on
            grown.series_id = year_compared.series_id
            and windows.from_date = year_compared.from_date
            and windows.year_compared_to_date = year_compared.to_date

),

described as (

    select
        subject,
        subject_type,
        name,
        platform,
        metric,
        unit,
        window_name,
        from_date,
        to_date,
        start_value,
        end_value,
        growth,
        growth_pct,
        daily_rate_pct,
        gained,
        coverage_ratio,
        is_new,
        is_rankable,
        status,
        previous_from_date,
        previous_to_date,
        gained_before as previous_gained,
        compared_gained,
        case
            when growth_pct is not null and previous_base > 0
                then {{ pace_change(
                    'compared_gained', 'compared_days', 'previous_base', 'days_before'
                ) }}
        end as period_change_pct,
        rate_before as previous_daily_rate_pct,
        {{ momentum(days_between('from_date', 'to_date')) }} as momentum,
        year_before_from_date,
        year_before_to_date,
        year_before_gained,
        year_compared_gained,
        case
            when growth_pct is not null and year_before_base > 0
                then {{ pace_change(
                    'year_compared_gained', 'year_compared_days',
                    'year_before_base', 'year_before_days'
                ) }}
        end as year_change_pct,
        series_id
    from joined

)

select * from described
