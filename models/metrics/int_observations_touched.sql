-- What is judged again of the series that changed; nothing, if all observations are judged anew.

-- a table: a view would look through all that was received for each reader
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('int_observations_unioned') }}

),

touched as (

    select * from {{ ref('int_series_touched') }}
    where not is_whole

),

dates as (

    select * from {{ ref('dim_dates') }}

),

continued as (

    select * from touched
    where carried_date is not null

),

begun as (

    select * from touched
    where carried_date is null

),

since as (

    select min(carried_date) as carried_date
    from continued

),

begun_since as (

    select min(oldest_date) as oldest_date
    from begun

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date >= since.carried_date

),

begun_days as (

    select dates.day_date
    from dates
    inner join begun_since on dates.day_date >= begun_since.oldest_date

),

received as (

    select
        continued.series_id,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        observations.is_restated
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join continued
        on
            observations.subject_id = continued.subject_id
            and observations.metric_id = continued.metric_id
            and observations.observed_date >= continued.carried_date

    union all

    select
        begun.series_id,
        observations_again.observed_date,
        observations_again.value,
        observations_again.linked_value,
        observations_again.is_restated
    from observations_again
    inner join begun_days on observations_again.observed_date = begun_days.day_date
    inner join begun
        on
            observations_again.subject_id = begun.subject_id
            and observations_again.metric_id = begun.metric_id

)

select * from received
