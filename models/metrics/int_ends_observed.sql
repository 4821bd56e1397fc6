-- What may be an excursion at the newest end of a series, and the observation before it.

{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='series_id',
    on_schema_change='fail', post_hook='{{ note_taken() }}',
) }}

with

observations as (

    select * from {{ ref('fct_observations') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

-- an excursion spans at most fourteen days
looked_at as (

    select
        series.series_id,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio,
        cast({{ dbt.dateadd('day', -14, 'series.last_date') }} as date) as since_date
    from series
    inner join metrics on series.metric_id = metrics.metric_id
    where
        metrics.kind <> 'flow'
        and {{ is_touched('series.series_id', 'int_series_touched') }}

),

since as (

    select min(since_date) as since_date
    from looked_at

),

-- days to join with, so that an engine skips the storage of all others
days as (

    select dates.day_date
    from dates
    inner join since on dates.day_date >= since.since_date

),

-- the observation before an excursion may be older, and is known by what follows it
followed_newly as (

    select observations.*
    from observations
    inner join days on observations.next_observed_date = days.day_date

    union all

    select observations_again.*
    from observations_again
    inner join days on observations_again.observed_date = days.day_date
    where observations_again.next_observed_date is null

),

newest as (

    select
        observations.series_id,
        observations.observed_date,
        observations.next_observed_date,
        observations.value,
        observations.linked_value,
        -- without what identifiers brought when they were linked
        observations.value - observations.linked_value as course,
        looked_at.correction_ratio,
        looked_at.outlier_drop_ratio
    from followed_newly as observations
    inner join looked_at
        on
            observations.series_id = looked_at.series_id
            and looked_at.since_date
            <= coalesce(observations.next_observed_date, observations.observed_date)
    where not observations.is_outlier

)

select * from newest
