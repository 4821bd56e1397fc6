-- An average day and a size must not rest on what may still be an excursion: what the newest values
-- added to the totals is taken off again, as if the series had ended with its last confirmed value.

-- a table of few rows, read for each window
{{ config(materialized='table') }}

with

ends as (

    select * from {{ ref('int_ends_unconfirmed') }}

),

newest as (

    select * from {{ ref('int_ends_observed') }}

),

observations as (

    select * from {{ ref('fct_observations') }}

),

-- one row per observation of these series since their last confirmed one
dated as (

    select
        newest.series_id,
        newest.observed_date,
        ends.unconfirmed_from_date
    from newest
    inner join ends on newest.series_id = ends.series_id
    where
        newest.observed_date >= ends.unconfirmed_from_date
        or newest.next_observed_date = ends.unconfirmed_from_date

),

-- with what came since the first of them, as a window that closes with it has it
totalled as (

    select
        dated.unconfirmed_from_date,
        observations.series_id,
        observations.observed_date,
        first_value(observations.observed_date) over course as confirmed_date,
        first_value(observations.value) over course as confirmed_value,
        observations.running_gain - first_value(observations.running_gain) over course
            as withheld_gain,
        observations.running_value_days + observations.value
        - first_value(observations.running_value_days) over course
        - first_value(observations.value) over course
            as withheld_value_days,
        observations.running_observations
        - first_value(observations.running_observations) over course
            as withheld_observation_count,
        observations.running_breaks - first_value(observations.running_breaks) over course
            as withheld_breaks
    from observations
    inner join dated
        on
            observations.series_id = dated.series_id
            and observations.observed_date = dated.observed_date
    window
        course as (partition by observations.series_id order by observations.observed_date)

),

-- one row per unconfirmed observation
withheld as (

    select
        series_id,
        observed_date,
        confirmed_date,
        confirmed_value,
        withheld_gain,
        withheld_value_days,
        {{ days_between('confirmed_date', 'observed_date') }} as withheld_day_count,
        withheld_observation_count,
        withheld_breaks
    from totalled
    where observed_date >= unconfirmed_from_date

)

select * from withheld
