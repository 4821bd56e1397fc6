-- A window may open or close long after the last observation of a series. Such an anchor is found
-- here instead of in the months of storage before the window.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

sound as (

    select * from observations
    where not is_outlier

),

silences as (

    select
        series_id,
        {{ dbt.dateadd('day', '-span_days', 'observed_date') }} as silent_from_date,
        observed_date as silent_until_date
    from sound
    where span_days > {{ var('anchor_lookback_days') }}

    union all

    -- the silence that lasts
    select
        series_id,
        max(observed_date) as silent_from_date,
        cast(null as date) as silent_until_date
    from sound
    group by series_id

),

described as (

    select
        sound.series_id,
        silences.silent_until_date,
        sound.value,
        sound.running_gain,
        sound.running_value_days,
        sound.running_observations,
        sound.running_corrections,
        sound.running_restatements,
        sound.running_resets,
        sound.observed_date as silent_from_date
    from silences
    inner join sound
        on
            silences.series_id = sound.series_id
            and silences.silent_from_date = sound.observed_date

)

select * from described
