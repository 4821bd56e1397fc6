-- Growth over a window is the difference of two rows of this table: every row carries the totals of
-- its series so far, and rows are stored by day, so that a window touches a few days of storage.

with

observations as (

    select * from {{ ref('int_observations_judged') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

-- an outlier is compared with outliers only, and what that says is thrown away at the end
followed as (

    select
        *,
        lag(value) over in_time as previous_value,
        lag(observed_date) over in_time as previous_date,
        lead(observed_date) over in_time as next_date,
        row_number() over in_time as observation_number
    from observations
    window in_time as (partition by series_id, is_outlier order by observed_date)

),

compared as (

    select
        followed.*,
        {{ days_between('followed.previous_date', 'followed.observed_date') }} as span_days,
        case
            when followed.is_outlier then 'outlier'
            when followed.previous_value is null then 'first'
            when followed.value > followed.previous_value then 'increase'
            when followed.value = followed.previous_value then 'unchanged'
            when metrics.kind <> 'counter' then 'decrease'
            when
                followed.previous_value - followed.value
                < metrics.correction_ratio * followed.previous_value then 'correction'
            when followed.value < metrics.reset_ratio * followed.previous_value then 'reset'
            else 'restatement'
        end as change_class,
        case
            when metrics.kind = 'flow' then followed.value
            else greatest(followed.value - coalesce(followed.previous_value, followed.value), 0)
        end as gain
    from followed
    inner join series on followed.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id

),

-- Window sums are the dearest step, so the three counts share one: corrections in the first five
-- digits, restatements in the next, resets above. A double is exact to fifteen, and no series has
-- 100,000 days.
totalled as (

    select
        *,
        sum(gain) over so_far as gain_so_far,
        sum(coalesce(previous_value * span_days, 0)) over so_far as value_days_so_far,
        sum(
            case change_class
                when 'correction' then 1e0
                when 'restatement' then 1e5
                when 'reset' then 1e10
                when 'outlier' then null
                else 0e0
            end
        ) over so_far as falls_so_far
    from compared
    window
        so_far as (
            partition by series_id, is_outlier
            order by observed_date
            rows between unbounded preceding and current row
        )

),

-- an outlier has no totals and no next observation, so that none can use it as an anchor by mistake
observed as (

    select
        series_id,
        observed_date,
        value,
        case when not is_outlier then value - previous_value end as change,
        case when not is_outlier then span_days end as span_days,
        case when not is_outlier then next_date end as next_observed_date,
        change_class,
        is_outlier,
        case when not is_outlier then gain_so_far end as running_gain,
        case when not is_outlier then value_days_so_far end as running_value_days,
        case when not is_outlier then observation_number end as running_observations,
        cast(falls_so_far % 1e5 as integer) as running_corrections,
        cast(floor(falls_so_far / 1e5) % 1e5 as integer) as running_restatements,
        cast(floor(falls_so_far / 1e10) as integer) as running_resets
    from totalled

)

select * from observed
-- by day, then by series: a window reads whole days and skips the rest of the storage
order by observed_date, series_id
