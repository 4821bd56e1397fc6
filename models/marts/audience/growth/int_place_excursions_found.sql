-- The values of places that vanish, dip or leap and are back: the rule of int_excursions_found.
-- What begins within an earlier run is none of its own.

with

observations as (

    select * from {{ ref('int_place_days_listed') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

numbered as (

    select
        observations.series_id,
        observations.observed_date,
        observations.value as course,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio,
        lag(observations.value) over in_time as previous_value,
        row_number() over in_time as place_in_series
    from observations
    inner join metrics on observations.metric_id = metrics.metric_id
    where metrics.kind <> 'flow'
    window
        in_time as (partition by observations.series_id order by observations.observed_date)

),

-- every excursion has a fall at its beginning or at its end
fallen as (

    select series_id
    from numbered
    where
        previous_value - course > correction_ratio * previous_value
        or course <= outlier_drop_ratio * previous_value
    group by series_id

),

surrounded as (

    select numbered.*
    from numbered
    inner join fallen on numbered.series_id = fallen.series_id

),

-- one row per pair of observations around a possible run
pairs as (

    select
        before.series_id,
        before.correction_ratio,
        before.outlier_drop_ratio,
        before.place_in_series as before_position,
        before.course as before_value,
        before.course as before_course,
        after.place_in_series as after_position,
        after.course as after_course
    from surrounded as before
    inner join surrounded as after
        on
            before.series_id = after.series_id
            and after.place_in_series between before.place_in_series
            + 2 and before.place_in_series
            + 11

),

runs as (

    select
        pairs.series_id,
        pairs.before_position,
        pairs.after_position
    from pairs
    inner join surrounded as run
        on
            pairs.series_id = run.series_id
            and pairs.before_position < run.place_in_series
            and pairs.after_position > run.place_in_series
    group by all
    having {{ is_excursion(linked='0') }}

),

-- one row per observation of an excursion
found as (

    select
        surrounded.series_id,
        surrounded.observed_date
    from runs
    left join runs as earlier
        on
            runs.series_id = earlier.series_id
            and runs.before_position > earlier.before_position
            and runs.before_position < earlier.after_position
    inner join surrounded
        on
            runs.series_id = surrounded.series_id
            and runs.before_position < surrounded.place_in_series
            and runs.after_position > surrounded.place_in_series
    where earlier.series_id is null
    group by all

)

select * from found
