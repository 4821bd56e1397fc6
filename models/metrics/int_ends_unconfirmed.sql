-- Whether a fall or a leap at the newest end is an excursion shows when the next observations come.
-- Until then, the newest values are unconfirmed.

-- a table of few rows, read for each window
{{ config(materialized='table') }}

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

-- an excursion spans at most fourteen days, and the observation before may be older
newest as (

    select
        observations.series_id,
        observations.observed_date,
        observations.next_observed_date,
        observations.value,
        observations.linked_value,
        -- without what identifiers brought when they were linked
        observations.value - observations.linked_value as course,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio
    from observations
    inner join series on observations.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    where
        not observations.is_outlier
        and metrics.kind <> 'flow'
        and {{ days_between(
            'coalesce(observations.next_observed_date, observations.observed_date)',
            'series.last_date'
        ) }} <= 14

),

-- one row per observation, with what follows it on its own scale
followed as (

    select
        *,
        linked_value + min(course) over to_the_end as least_value,
        linked_value + max(course) over to_the_end as largest_value,
        count(*) over to_the_end as later_count
    from newest
    window
        to_the_end as (
            partition by series_id
            order by observed_date
            rows between 1 following and unbounded following
        )

),

-- one row per series whose newest values are unconfirmed
unconfirmed as (

    select
        series_id,
        min(next_observed_date) as unconfirmed_from_date
    from followed
    where
        later_count between 1 and 10
        and (
            value - largest_value > correction_ratio * value
            or (correction_ratio is not null and least_value > 2 * value)
            or (
                correction_ratio is null
                and value > 0
                and greatest(abs(least_value), abs(largest_value)) <= outlier_drop_ratio * value
            )
        )
    group by series_id

)

select * from unconfirmed
