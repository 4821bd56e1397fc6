-- Most series that change have got new days, and nothing else. The new days alone show it, so that
-- no older day is compared.

-- a table of few rows, read several times
{{ config(materialized='table') }}

with

changed as (

    select * from {{ ref('int_series_changed') }}
    where appended_after_date >= looked_after_date

),

dates as (

    select * from {{ ref('dim_dates') }}

),

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

since as (

    select min(appended_after_date) as appended_after_date
    from changed

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date > since.appended_after_date

),

appended as (

    select
        changed.series_id,
        min(observations.observed_date) as changed_date
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join changed
        on
            observations.subject_id = changed.subject_id
            and observations.metric_id = changed.metric_id
            and observations.observed_date > changed.appended_after_date
    group by changed.series_id, changed.fingerprint, changed.judged_fingerprint
    -- what came, and nothing else, leads from one fingerprint to the other
    having
        changed.fingerprint = changed.judged_fingerprint + sum({{ row_hash([
            'observations.observed_date', 'observations.value', 'observations.linked_value',
        ]) }})

)

select * from appended
