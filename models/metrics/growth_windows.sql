-- For people who do not want parameters: every series over the usual windows, each beside the
-- window before it and the same days of the year before.

with

windows as (

    select * from {{ ref('int_windows_dated') }}

),

spans as (

    select
        platform,
        from_date,
        to_date
    from windows

    union distinct

    select
        platform,
        previous_from_date as from_date,
        previous_to_date as to_date
    from windows

    union distinct

    select
        platform,
        year_before_from_date as from_date,
        year_before_to_date as to_date
    from windows

),

-- one row per series and span
grown as (

    select growth.*
    from spans
    cross join {{ ref('series_growth') }}(spans.from_date, spans.to_date) as growth
    where spans.platform = growth.platform

),

compared as (

    select
        grown.subject,
        grown.subject_type,
        grown.name,
        grown.platform,
        grown.metric,
        grown.unit,
        windows.window_name,
        windows.from_date,
        windows.to_date,
        grown.start_value,
        grown.end_value,
        grown.growth,
        grown.growth_pct,
        grown.daily_rate_pct,
        grown.gained,
        grown.coverage_ratio,
        grown.is_new,
        grown.status,
        windows.previous_from_date,
        windows.previous_to_date,
        previous.gained as previous_gained,
        case
            when grown.growth_pct is not null and previous.gained > 0
                then 100 * (grown.gained - previous.gained) / previous.gained
        end as period_change_pct,
        previous.daily_rate_pct as previous_daily_rate_pct,
        windows.year_before_from_date,
        windows.year_before_to_date,
        year_before.gained as year_before_gained,
        case
            when grown.growth_pct is not null and year_before.gained > 0
                then 100 * (grown.gained - year_before.gained) / year_before.gained
        end as year_change_pct,
        grown.series_id
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
    left join grown as year_before
        on
            grown.series_id = year_before.series_id
            and windows.year_before_from_date = year_before.from_date
            and windows.year_before_to_date = year_before.to_date

)

select * from compared
