-- Scores move by whole points and platforms count on days of their own, so what goes with
-- popularity is looked for in weeks: where each number stood as the week closed.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

described as (

    select * from {{ ref('int_series_described') }}

),

-- one row per series and week, Monday to Sunday: the observation that none of its week follows
closes as (

    select
        series_id,
        cast({{ dbt.date_trunc('week', 'observed_date') }} as date) as week_date,
        observed_date as last_date,
        value as closing_value
    from observations
    where
        not is_outlier
        and (
            next_observed_date is null
            or {{ days_between('observed_date', 'next_observed_date') }}
            + {{ days_between("date '1999-12-27'", 'observed_date') }} % 7 > 6
        )

),

-- Sunday as a day
closed as (

    select
        *,
        cast({{ dbt.dateadd('day', 6, 'week_date') }} as date) as sunday_date
    from closes

),

-- where a week closed is known once it is over, by a value that was not too old on its Sunday, and
-- that is no newest one which no later value confirms
known as (

    select
        closed.series_id,
        series.subject_id,
        metrics.platform,
        metrics.metric,
        closed.week_date,
        closed.closing_value
    from closed
    inner join series on closed.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    inner join described on closed.series_id = described.series_id
    where
        closed.sunday_date <= {{ dbt.dateadd('day', 'metrics.max_age_days', 'closed.last_date') }}
        and closed.sunday_date <= series.last_date
        and coalesce(closed.last_date < described.unconfirmed_from_date, true)

)

select * from known
