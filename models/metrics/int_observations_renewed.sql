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

    select observations.*
    from observations
    inner join days on observations.observed_date = days.day_date
    inner join touched
        on
            observations.series_id = touched.series_id
            and observations.observed_date > touched.carried_date

    union all

    select observations_again.*
    from observations_again
    inner join begun_days on observations_again.observed_date = begun_days.day_date
    inner join touched on observations_again.series_id = touched.series_id
    where touched.carried_date is null

)

select * from renewed
