-- The observation from which a changed series is judged again: it is sound, and ten others that
-- did not change follow before the first that did. An excursion has at most ten, so what is judged
-- after it does not depend on what is before it, and its totals are carried on.

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

-- one row per observation before the change, the newest is number 1
before as (

    select
        held.*,
        row_number() over (
            partition by held.series_id
            order by held.observed_date desc
        ) as place_before
    from held
    inner join days on held.observed_date = days.day_date
    inner join reached
        on
            held.series_id = reached.series_id
            and held.observed_date >= reached.reached_date
            and held.observed_date < reached.changed_date

),

sound as (

    select
        *,
        row_number() over (
            partition by series_id
            order by observed_date desc
        ) as sound_place
    from before
    where not is_outlier and place_before > 10

),

-- not the newest of them but the one before it, so that the one after it is known
carried as (

    select
        series_id,
        observed_date as carried_date,
        running_gain,
        running_value_days,
        running_breaks,
        running_observations
    from sound
    where sound_place = 2

)

select * from carried
