-- The observation from which a changed series is judged again: it is sound, and eleven others that
-- are sound and did not change follow before the first that did. An excursion has at most ten, so
-- what is judged after it does not depend on what is before it, and its totals are carried on.

-- a table of few rows, read several times
{{ config(materialized='table') }}

with

changes as (

    select * from {{ ref('int_changes_dated') }}

),

series as (

    select * from {{ ref('int_series_ruled') }}

),

held as (

    select * from {{ ref('stg_load_audit__held_observations') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

-- far enough for a series that misses half of its days, or was silent for a month; others are
-- judged from their beginning
reached as (

    select
        changes.series_id,
        changes.changed_date,
        cast({{ dbt.dateadd(
            'day', '-greatest(60, 30 * series.cadence_days)', 'changes.changed_date'
        ) }} as date) as reached_date
    from changes
    inner join series on changes.series_id = series.series_id

),

since as (

    select min(reached_date) as reached_date
    from reached

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date >= since.reached_date

),

-- one row per observation between the two days of its series
near as (

    select
        held.series_id,
        held.observed_date,
        held.running_gain,
        held.running_value_days,
        held.running_breaks,
        held.running_observations
    from held
    inner join days on held.observed_date = days.day_date
    inner join reached
        on
            held.series_id = reached.series_id
            and held.observed_date >= reached.reached_date
            and held.observed_date < reached.changed_date

),

-- one row per series: the number of the observation to go on from. Outliers have no number.
numbered as (

    select
        series_id,
        max(running_observations) - 11 as carried_number
    from near
    group by series_id

),

carried as (

    select
        near.series_id,
        near.observed_date as carried_date,
        near.running_gain,
        near.running_value_days,
        near.running_breaks,
        near.running_observations
    from near
    inner join numbered
        on
            near.series_id = numbered.series_id
            and near.running_observations = numbered.carried_number

)

select * from carried
