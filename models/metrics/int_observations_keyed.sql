with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

-- course: the value without what linked identifiers brought, so that its differences are growth
keyed as (

    select
        series.series_id,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        observations.value - observations.linked_value as course,
        observations.is_restated
    from observations
    inner join series
        on
            observations.subject_id = series.subject_id
            and observations.metric_id = series.metric_id

)

select * from keyed
