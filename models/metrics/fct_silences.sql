-- A window may open or close long after the last observation of a series. Such an anchor is found
-- here instead of in the months of storage before the window.

{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='silent_from_date',
    on_schema_change='fail', post_hook='{{ note_taken() }}',
) }}

with

observations as (

    select * from {{ renewed_observations() }}

),

silences as (

    select
        series_id,
        next_observed_date as silent_until_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks,
        observed_date as silent_from_date
    from observations
    where
        not is_outlier
        and (
            {{ days_between('observed_date', 'next_observed_date') }}
            > {{ var('anchor_lookback_days') }}
            -- the silence that lasts
            or next_observed_date is null
        )

)

select * from silences
