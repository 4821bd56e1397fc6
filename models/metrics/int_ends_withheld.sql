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

totalled as (

    select
        dated.unconfirmed_from_date,
        observations.*
    from observations
    inner join dated
        on
            observations.series_id = dated.series_id
            and observations.observed_date = dated.observed_date

),

-- one row per unconfirmed observation: what came since the confirmed one, as a window that closes
-- with it has it
withheld as (

    select
        later.series_id,
        later.observed_date,
        confirmed.observed_date as confirmed_date,
        confirmed.value as confirmed_value,
        later.running_gain - confirmed.running_gain as gained,
        later.running_value_days + later.value - confirmed.running_value_days - confirmed.value
            as value_days,
        {{ days_between('confirmed.observed_date', 'later.observed_date') }} as day_count,
        later.running_observations - confirmed.running_observations as observed_days
    from totalled as later
    inner join totalled as confirmed on later.series_id = confirmed.series_id
    where
        later.observed_date >= later.unconfirmed_from_date
        and confirmed.observed_date < confirmed.unconfirmed_from_date

)

select * from withheld
