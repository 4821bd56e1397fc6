-- What this build judges: all observations, or those that int_observations_touched holds.

with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

series as (

    select * from {{ ref('int_series_touched') }}
    where is_whole

),

touched as (

    select * from {{ ref('int_observations_touched') }}

),

-- one of the two is empty
received as (

    select
        series.series_id,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        observations.is_restated
    from observations
    inner join series
        on
            observations.subject_id = series.subject_id
            and observations.metric_id = series.metric_id

    union all

    select
        series_id,
        observed_date,
        value,
        linked_value,
        is_restated
    from touched

),

-- course: the value without what linked identifiers brought, so that its differences are growth
keyed as (

    select
        series_id,
        observed_date,
        value,
        linked_value,
        value - linked_value as course,
        is_restated
    from received

)

select * from keyed
