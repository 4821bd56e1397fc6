-- The observations of touched series that the last judgement made, for the tables that are read off
-- them. Days are joined with, so that an engine skips the storage of all others.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('fct_observations') }}

),

touched as (

    select * from {{ ref('int_series_touched') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

since as (

    select
        min(carried_date) as carried_date,
        min(oldest_date) filter (where carried_date is null) as oldest_date
    from touched

),

days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date > since.carried_date

),

begun_days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date >= since.oldest_date

),

renewed as (

    select
        observations.series_id,
        observations.observed_date,
        observations.next_observed_date,
        observations.value,
        observations.linked_value,
        observations.running_gain,
        observations.running_value_days,
        observations.running_observations,
        observations.running_breaks,
        observations.is_outlier
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join touched
        on
            observations.series_id = touched.series_id
            and observations.observed_date > touched.carried_date

    union all

    select
        observations_again.series_id,
        observations_again.observed_date,
        observations_again.next_observed_date,
        observations_again.value,
        observations_again.linked_value,
        observations_again.running_gain,
        observations_again.running_value_days,
        observations_again.running_observations,
        observations_again.running_breaks,
        observations_again.is_outlier
    from observations_again
    inner join begun_days on observations_again.observed_date = begun_days.day_date
    inner join touched on observations_again.series_id = touched.series_id
    where touched.carried_date is null

)

select * from renewed
