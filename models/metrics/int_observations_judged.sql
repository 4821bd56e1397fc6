-- An outlier is an observation that both its neighbours contradict: a counter that leaps up (for up
-- to three observations in a row) or dips, or a value that drops to about nothing, and is back.

with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

keyed as (

    select
        series.series_id,
        observations.observed_date,
        observations.value
    from observations
    inner join series
        on
            observations.subject_id = series.subject_id
            and observations.metric_id = series.metric_id

),

-- three to each side: a leap that lasts up to three observations is seen from each of them
surrounded as (

    select
        series_id,
        observed_date,
        value,
        lag(value) over in_time as before_1,
        lag(value, 2) over in_time as before_2,
        lag(value, 3) over in_time as before_3,
        lead(value) over in_time as after_1,
        lead(value, 2) over in_time as after_2,
        lead(value, 3) over in_time as after_3,
        lag(observed_date) over in_time as date_before,
        lead(observed_date) over in_time as date_after
    from keyed
    window in_time as (partition by series_id order by observed_date)

),

rated as (

    select
        surrounded.*,
        metrics.max_age_days,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio
    from surrounded
    inner join series on surrounded.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id

),

-- The first and the newest observation have one neighbour, so they are taken as they are; the
-- newest is judged again when the next one comes.
judged as (

    select
        series_id,
        observed_date,
        value,
        coalesce(
            -- nothing falls near most observations: looking only where something does saves a
            -- quarter of the time
            case
                when value > least(after_1, after_2, after_3) or value < before_1
                    then
                        {{ leaps_and_returns('before_1', 'after_1') }}
                        or {{ leaps_and_returns('before_1', 'least(after_1, after_2, after_3)') }}
                        or {{ leaps_and_returns(
                            'least(before_1, before_2)', 'least(after_1, after_2)'
                        ) }}
                        or {{ leaps_and_returns('least(before_1, before_2, before_3)', 'after_1') }}
                        -- about nothing, and back
                        or (
                            value <= outlier_drop_ratio * least(before_1, after_1)
                            and abs(after_1 - before_1) < after_1 - value
                        )
                        -- A counter dips for one observation. Between neighbours too old to be
                        -- compared the same shape is a fall and honest growth; below all three
                        -- before, because after a leap of one the true count looks like a dip.
                        or (
                            least(before_1, before_2, before_3) - value
                            > correction_ratio * least(before_1, before_2, before_3)
                            and before_1 - after_1 <= correction_ratio * before_1
                            and {{ days_between('date_before', 'observed_date') }} <= max_age_days
                            and {{ days_between('observed_date', 'date_after') }} <= max_age_days
                        )
            end,
            false
        ) as is_outlier
    from rated

)

select * from judged
