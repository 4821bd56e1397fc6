-- Windows end on the platform's complete-through date, and are compared with windows of as many
-- days: so many days with as many before and a year ago, a month or a year to date with as many
-- days from the first of an earlier one. If that one is shorter, both are compared over its length.

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
        {{ dbt.last_day(dbt.dateadd('month', -12, 'complete_through_date'), 'month') }} as month_end_year_ago,  -- noqa: LT05
        {{ dbt.last_day(dbt.dateadd('month', -13, 'complete_through_date'), 'month') }} as month_year_ago,  -- noqa: LT05
        cast(
            {{ dbt.dateadd('day', -1, dbt.date_trunc('year', 'complete_through_date')) }} as date
        ) as year_begin,
        cast({{ dbt.dateadd('year', -1, 'complete_through_date') }} as date) as day_year_ago
    from platforms

),

begun as (

    select
        calendar.platform,
        windows.window_name,
        windows.begins,
        case windows.begins
            when 'month' then calendar.month_begin
            when 'year' then calendar.year_begin
            else calendar.to_date - windows.days
        end as from_date,
        calendar.to_date,
        case windows.begins
            when 'month' then calendar.last_month
            when 'year'
                then cast({{ dbt.dateadd('year', -1, 'calendar.year_begin') }} as date)
            else calendar.to_date - 2 * windows.days
        end as previous_from_date,
        -- how far the earlier period goes
        case windows.begins
            when 'month' then calendar.month_begin
            when 'year' then calendar.year_begin
            else calendar.to_date - windows.days
        end as previous_end_date,
        case windows.begins
            when 'month' then calendar.month_year_ago
            when 'year'
                then cast({{ dbt.dateadd('year', -1, 'calendar.year_begin') }} as date)
            else calendar.day_year_ago - windows.days
        end as year_before_from_date,
        case windows.begins
            when 'month' then calendar.month_end_year_ago
            when 'year' then calendar.year_begin
            else calendar.day_year_ago
        end as year_before_end_date
    from calendar
    cross join windows

),

measured as (

    select
        *,
        {{ days_between('from_date', 'to_date') }} as day_count,
        {{ days_between('previous_from_date', 'previous_end_date') }} as previous_day_count,
        {{ days_between('year_before_from_date', 'year_before_end_date') }}
            as year_before_day_count
    from begun

),

compared as (

    select
        platform,
        window_name,
        from_date,
        to_date,
        previous_from_date,
        previous_from_date + least(day_count, previous_day_count) as previous_to_date,
        from_date + least(day_count, previous_day_count) as compared_to_date,
        year_before_from_date,
        year_before_from_date + least(day_count, year_before_day_count) as year_before_to_date,
        from_date + least(day_count, year_before_day_count) as year_compared_to_date
    from measured

)

select * from compared
