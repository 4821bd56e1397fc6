-- The last 28 complete days, so that each weekday counts as often as any other.

with

windows as (

    select * from {{ ref('int_windows_dated') }}

),

averages as (

    select averages.*
    from windows
    cross join {{ ref('group_averages') }}(windows.from_date, windows.to_date) as averages
    where
        windows.window_name = '28 days'
        and averages.platform = windows.platform

)

select * from averages
