-- A day opens or closes many windows, so its observations are looked up once, by the rule of the
-- macro `window_anchor`.

with

series as (

    select * from {{ ref('int_series_described') }}

),

days as (

    select
        platform,
        from_date as anchor_date
    from {{ ref('int_window_spans') }}

    union distinct

    select
        platform,
        to_date as anchor_date
    from {{ ref('int_window_spans') }}

    union distinct

    -- with this the window before it opens
    select
        platform,
        from_date - {{ days_between('from_date', 'to_date') }} as anchor_date
    from {{ ref('int_window_spans') }}

),

-- one row per platform, anchor day and day near enough before it
near as (

    select
        days.platform,
        days.anchor_date,
        dates.day_date
    from days
    inner join {{ ref('dim_dates') }} as dates
        on
            days.anchor_date > dates.day_date
            and days.anchor_date <= dates.day_date + {{ var('anchor_lookback_days') }}

),

found as (

    select
        observations.*,
        days.anchor_date
    from {{ ref('fct_observations') }} as observations
    inner join days on observations.observed_date = days.anchor_date
    inner join series
        on observations.series_id = series.series_id and days.platform = series.platform
    where not observations.is_outlier

    union all

    select
        lasting.*,
        near.anchor_date
    -- once more, so that no engine holds all observations for two readers
    from {{ ref('fct_observations') }} as lasting
    inner join near on lasting.observed_date = near.day_date
    inner join series
        on lasting.series_id = series.series_id and near.platform = series.platform
    where
        not lasting.is_outlier
        -- few are: most are followed on the next day
        and coalesce(lasting.next_observed_date > lasting.observed_date + 1, true)
        and coalesce(lasting.next_observed_date > near.anchor_date, true)

),

anchors as (

    select
        series_id,
        anchor_date,
        observed_date,
        value,
        linked_value,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks
    from found

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
    from {{ ref('fct_silences') }} as silences
    inner join series on silences.series_id = series.series_id
    inner join days on series.platform = days.platform
    where
        silences.silent_from_date < days.anchor_date - {{ var('anchor_lookback_days') }}
        and coalesce(silences.silent_until_date > days.anchor_date, true)

)

select * from anchors
