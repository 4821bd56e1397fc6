-- Thresholds are 1, 2 and 5 times a power of ten. One is crossed once, on the first day ever on
-- which the series was observed at or above it, between two observations that are shown. Newest
-- values that no later one confirms cross nothing.

with

observations as (

    select * from {{ ref('fct_observations') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('fct_observations') }}

),

series as (

    select * from {{ ref('int_series_described') }}
    where kind in ('counter', 'gauge')

),

thresholds as (

    select factors.factor * power(10, powers.number) as threshold
    from range(0, 16) as powers (number)
    cross join (values (1), (2), (5)) as factors (factor)

),

-- in a step of its own: Spark takes no parameter of a function within an aggregate
dated as (

    select
        observations.series_id,
        observations.observed_date,
        observations.value,
        observations.running_gain,
        observations.running_breaks,
        -- where a series begins, nothing is crossed
        observations.observed_date <= {{ from_day() }} or observations.change_class = 'first'
            as is_before,
        observations.observed_date <= {{ to_day() }} - 28 as is_earlier,
        coalesce(observations.observed_date < series.unconfirmed_from_date, true) as is_confirmed
    from observations
    inner join series on observations.series_id = series.series_id
    where
        observations.observed_date <= {{ to_day() }}
        and not observations.is_outlier
        and if({{ to_day() }} > {{ from_day() }}, true, error('to_date must be after from_date'))

),

-- one row per series: the highest it had been, its latest and its value 28 days before
reached as (

    select
        series_id,
        max(observed_date) as newest_date,
        max(value) filter (where is_confirmed and is_before) as highest_before,
        max(value) filter (where is_confirmed) as highest,
        max(observed_date) filter (where is_confirmed) as after_date,
        arg_max(value, observed_date) filter (where is_confirmed) as after_value,
        arg_max(running_gain, observed_date) filter (where is_confirmed) as running_gain,
        arg_max(running_breaks, observed_date) filter (where is_confirmed) as running_breaks,
        max(observed_date) filter (where is_confirmed and is_earlier) as pace_date,
        arg_max(running_gain, observed_date) filter (where is_confirmed and is_earlier)
            as earlier_gain,
        arg_max(running_breaks, observed_date) filter (where is_confirmed and is_earlier)
            as earlier_breaks,
        arg_max(value, observed_date) filter (where is_confirmed and is_earlier) as earlier_value
    from dated
    group by series_id

),

gained as (

    select
        series.*,
        reached.highest_before,
        reached.highest,
        reached.after_date,
        reached.after_value,
        case
            when series.kind = 'counter' then reached.running_gain - reached.earlier_gain
            else reached.after_value - reached.earlier_value
        end as gain,
        case
            when reached.pace_date >= {{ to_day() }} - 28 - series.max_age_days
                then reached.after_date - reached.pace_date
        end as pace_days,
        cast(reached.running_breaks - reached.earlier_breaks as bigint) as breaks,
        {{ to_day() }} - reached.newest_date as age_days,
        reached.newest_date > reached.after_date as is_unconfirmed
    from reached
    inner join series on reached.series_id = series.series_id

),

-- a gain across two scales is no pace; corrections alone leave it on one
paced as (

    select
        *,
        case when breaks < 131072 then gain / nullif(pace_days, 0) end as daily_pace
    from gained

),

passed as (

    select
        paced.*,
        thresholds.threshold
    from paced
    inner join thresholds
        on
            paced.min_base <= thresholds.threshold
            and paced.highest_before < thresholds.threshold
            and paced.highest >= thresholds.threshold
    where paced.highest > paced.highest_before

),

windowed as (

    select
        series_id,
        observed_date,
        value,
        change,
        span_days,
        change_class
    from observations_again
    where
        observed_date > {{ from_day() }}
        and observed_date <= {{ to_day() }}
        and not is_outlier

),

crossings as (

    select
        passed.series_id,
        passed.threshold,
        min(windowed.observed_date) as crossed_date
    from passed
    inner join windowed on passed.series_id = windowed.series_id
    where windowed.value >= passed.threshold
    group by passed.series_id, passed.threshold

),

-- with the two observations between which it was crossed
crossed as (

    select
        passed.* exclude (after_date, after_value),  -- noqa: RF02
        crossings.crossed_date,
        windowed.observed_date as after_date,
        windowed.value as after_value,
        windowed.observed_date - windowed.span_days as before_date,
        case
            when windowed.change_class <> 'relinked'
                then windowed.value - windowed.change
        end as before_value,
        windowed.span_days,
        windowed.change_class
    from passed
    inner join crossings
        on
            passed.series_id = crossings.series_id
            and passed.threshold = crossings.threshold
    inner join windowed
        on
            crossings.series_id = windowed.series_id
            and crossings.crossed_date = windowed.observed_date

),

upcoming as (

    select
        paced.series_id,
        min(thresholds.threshold) as threshold
    from paced
    inner join thresholds
        on
            paced.highest < thresholds.threshold
            and paced.min_base <= thresholds.threshold
    group by paced.series_id

),

united as (

    select
        series_id,
        subject_id,
        subject_type,
        name,
        platform,
        metric,
        unit,
        kind,
        threshold,
        true as is_crossed,
        crossed_date,
        before_date,
        before_value,
        after_date,
        after_value,
        daily_pace,
        span_days,
        case
            when change_class in ('restatement', 'reset') then 'restated_in_window'
            when change_class = 'relinked' then 'relinked_in_window'
            else 'ok'
        end as status,
        span_days <= cadence_days as is_dense
    from crossed

    union all

    select
        paced.series_id,
        paced.subject_id,
        paced.subject_type,
        paced.name,
        paced.platform,
        paced.metric,
        paced.unit,
        paced.kind,
        upcoming.threshold,
        false as is_crossed,
        cast(null as date) as crossed_date,
        cast(null as date) as before_date,
        cast(null as double) as before_value,
        paced.after_date,
        paced.after_value,
        paced.daily_pace,
        cast(null as integer) as span_days,
        case
            when paced.age_days > paced.max_age_days then 'stale_end'
            when coalesce(paced.pace_days, 0) = 0 then 'stale_base'
            when paced.breaks // 536870912 % 4096 > 0 then 'reset_in_window'
            when paced.breaks // 131072 % 4096 > 0 then 'restated_in_window'
            when paced.breaks >= 2199023255552 then 'relinked_in_window'
            when paced.is_unconfirmed then 'unconfirmed_end'
            else 'ok'
        end as status,
        paced.age_days <= paced.cadence_days as is_dense
    from paced
    inner join upcoming on paced.series_id = upcoming.series_id

),

described as (

    select
        subject_id as subject,
        subject_type,
        name,
        platform,
        metric,
        unit,
        kind,
        threshold,
        is_crossed,
        case when status = 'ok' then crossed_date end as crossed_date,
        before_date,
        before_value,
        after_date,
        after_value,
        threshold - after_value as remaining,
        daily_pace,
        span_days,
        case
            when status <> 'ok' then null
            when is_dense then 'high'
            else 'medium'
        end as certainty,
        status,
        series_id
    from united

)

select * from described
