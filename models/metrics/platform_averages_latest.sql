-- The last 28 complete days, so that each weekday counts as often as any other.

with

windows as (

    select * from {{ ref('int_windows_dated') }}

),

averages as (

    select
        averages.subject,
        averages.name,
        averages.platform,
        averages.metric,
        averages.unit,
        averages.from_date,
        averages.to_date,
        averages.average_per_observed_day,
        averages.average_latest_value,
        averages.median_latest_value,
        averages.n_songs,
        averages.n_artists,
        averages.n_days,
        averages.coverage_ratio,
        averages.member_type
    from windows
    cross join {{ ref('platform_averages') }}(windows.from_date, windows.to_date) as averages
    where
        windows.window_name = '28 days'
        and averages.platform = windows.platform

)

select * from averages
