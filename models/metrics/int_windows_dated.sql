-- Windows end on the platform's complete-through date. Days are compared with as many days before,
-- a month to date with the same days of the month before, a year to date with those of the year
-- before.

with

platforms as (

    select * from {{ ref('platform_completeness') }}

),

windows as (

    select * from {{ ref('windows') }}

),

-- one row per platform; a month begins at the close of the last day before it
calendar as (

    select
        platform,
        complete_through_date as to_date,
        {{ dbt.last_day(dbt.dateadd('month', -1, 'complete_through_date'), 'month') }} as month_begin,  -- noqa: LT05
        {{ dbt.last_day(dbt.dateadd('month', -2, 'complete_through_date'), 'month') }} as last_month,  -- noqa: LT05
        cast(
            {{ dbt.dateadd('day', -1, dbt.date_trunc('year', 'complete_through_date')) }} as date
        ) as year_begin,
        cast({{ dbt.dateadd('year', -1, 'complete_through_date') }} as date) as year_ago
    from platforms

),

begun as (

    select
        calendar.platform,
        windows.window_name,
        windows.begins,
        calendar.month_begin,
        calendar.last_month,
        calendar.year_ago,
        calendar.to_date,
        case windows.begins
            when 'month' then calendar.month_begin
            when 'year' then calendar.year_begin
            else calendar.to_date - windows.days
        end as from_date
    from calendar
    cross join windows

),

compared as (

    select
        platform,
        window_name,
        from_date,
        to_date,
        case begins
            when 'month' then last_month
            when 'year' then cast({{ dbt.dateadd('year', -1, 'from_date') }} as date)
            else from_date - cast(to_date - from_date as integer)
        end as previous_from_date,
        case begins
            -- a shorter month ends where this one begins
            when 'month' then least(last_month + cast(to_date - from_date as integer), from_date)
            when 'year' then year_ago
            else from_date
        end as previous_to_date,
        cast({{ dbt.dateadd('year', -1, 'from_date') }} as date) as year_before_from_date,
        year_ago as year_before_to_date
    from begun

)

select * from compared
