-- What is judged again of the series that changed; nothing, if all observations are judged anew.

-- a table: a view would look through all that was received for each reader
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

touched as (

    select * from {{ ref('int_series_touched') }}
    where not is_whole

),

dates as (

    select * from {{ ref('dim_dates') }}

),

since as (

    select min(coalesce(carried_date, oldest_date)) as since_date
    from touched

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date >= since.since_date

),

received as (

    select
        touched.series_id,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        observations.is_restated
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join touched
        on
            observations.subject_id = touched.subject_id
            and observations.metric_id = touched.metric_id
            and observations.observed_date >= coalesce(touched.carried_date, touched.oldest_date)

)

select * from received
