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

dated as (

    select
        series_id,
        observed_date,
        value,
        cast({{ dbt.date_trunc('week', 'observed_date') }} as date) as week_date
    from observations
    where not is_outlier

),

-- one row per series and week, Monday to Sunday
closes as (

    select
        series_id,
        week_date,
        cast({{ dbt.dateadd('day', 6, 'week_date') }} as date) as sunday_date,
        max(observed_date) as last_date,
        max_by(value, observed_date) as closing_value
    from dated
    group by series_id, week_date

),

-- where a week closed is known once it is over, by a value that was not too old on its Sunday
known as (

    select
        closes.series_id,
        series.subject_id,
        metrics.platform,
        metrics.metric,
        closes.week_date,
        closes.closing_value
    from closes
    inner join series on closes.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    where
        closes.sunday_date <= {{ dbt.dateadd('day', 'max_age_days', 'closes.last_date') }}
        and closes.sunday_date <= series.last_date

)

select * from known
