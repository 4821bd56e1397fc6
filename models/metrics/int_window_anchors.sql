-- A day opens or closes many windows, so its observations are looked up once, by the rule of the
-- macro `window_anchor`.

with

spans as (

    select * from {{ ref('int_window_spans') }}

),

series as (

    select * from {{ ref('int_series_described') }}

),

observations as (

    select * from {{ ref('fct_observations') }}

),

silences as (

    select * from {{ ref('fct_silences') }}

),

days as (

    select
        platform,
        from_date as anchor_date
    from spans

    union distinct

    select
        platform,
        to_date as anchor_date
    from spans

    union distinct

    -- with this the window before it opens
    select
        platform,
        from_date - {{ days_between('from_date', 'to_date') }} as anchor_date
    from spans

),

observed_days as (

    select observed_date
    from observations
    group by observed_date

),

-- one row per platform, anchor day and day near enough before it
near as (

    select
        days.platform,
        days.anchor_date,
        observed_days.observed_date
    from days
    inner join observed_days
        on
            observed_days.observed_date between days.anchor_date
            - {{ var('anchor_lookback_days') }} and days.anchor_date

),

anchors as (

    select
        observations.series_id,
        near.anchor_date,
        observations.observed_date,
        observations.value,
        observations.linked_value,
        observations.running_gain,
        observations.running_value_days,
        observations.running_observations,
        observations.running_breaks
    from observations
    inner join series on observations.series_id = series.series_id
    inner join near
        on
            series.platform = near.platform
            and observations.observed_date = near.observed_date
    where
        not observations.is_outlier
        and coalesce(observations.next_observed_date > near.anchor_date, true)

    union all

    select
        silences.series_id,
        days.anchor_date,
        silences.silent_from_date as observed_date,
        silences.value,
        silences.linked_value,
        silences.running_gain,
        silences.running_value_days,
        silences.running_observations,
        silences.running_breaks
    from silences
    inner join series on silences.series_id = series.series_id
    inner join days on series.platform = days.platform
    where
        silences.silent_from_date < days.anchor_date - {{ var('anchor_lookback_days') }}
        and coalesce(silences.silent_until_date > days.anchor_date, true)

)

select * from anchors
