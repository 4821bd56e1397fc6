-- Platforms publish with a delay and series stop on days of their own, so a platform's newest days
-- always look like a collapse. What is said "as of now" is said as of the complete-through date.

with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

platform_series as (

    select
        metrics.platform,
        series.series_id,
        series.first_date,
        series.last_date,
        max(series.last_date) over (partition by metrics.platform) as platform_last_date
    from series
    inner join metrics on series.metric_id = metrics.metric_id

),

-- a series that has been silent for four weeks is not expected any more
expected as (

    select * from platform_series
    where last_date >= {{ dbt.dateadd('day', -28, 'platform_last_date') }}

),

-- one row per platform and day on which a series was last seen
days as (

    select
        platform,
        last_date as as_of_date
    from expected
    group by all

),

-- a day is reported by a series that was seen on it or later: a hole before that will not be filled
reported as (

    select
        days.platform,
        days.as_of_date,
        count(*) as expected_count,
        count(*) filter (where expected.last_date >= days.as_of_date) as reported_count
    from days
    inner join expected
        on
            days.platform = expected.platform
            and days.as_of_date >= expected.first_date
    group by all

),

complete as (

    select
        platform,
        max(as_of_date) filter (
            where reported_count >= 0.9 * expected_count
        ) as complete_through_date
    from reported
    group by platform

),

described as (

    select
        platform_series.platform,
        count(*) as series_count,
        count(*) filter (
            where platform_series.last_date >= complete.complete_through_date
        ) as complete_series_count,
        min(platform_series.first_date) as first_date,
        complete.complete_through_date,
        max(platform_series.last_date) as last_date
    from platform_series
    inner join complete on platform_series.platform = complete.platform
    group by platform_series.platform, complete.complete_through_date

)

select * from described
