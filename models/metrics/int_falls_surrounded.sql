-- Every excursion has a fall at its beginning or at its end, and lies within eleven observations.
{{ config(materialized='table') }}  -- few rows; a view would step through all series again

with

observations as (

    select * from {{ ref('int_observations_keyed') }}

),

-- once more, so that no engine holds all observations for two readers
observations_again as (

    select * from {{ ref('int_observations_keyed') }}

),

series as (

    select * from {{ ref('int_series_touched') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

stepped as (

    select
        series_id,
        observed_date,
        value,
        course,
        lag(value) over in_time as previous_value,
        lag(course) over in_time as previous_course
    from observations
    window in_time as (partition by series_id order by observed_date)

),

-- a link inside an excursion moves the scale of its fall, so beside a link every fall is looked at
falls as (

    select
        stepped.series_id,
        stepped.observed_date,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio
    from stepped
    inner join series on stepped.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    where
        stepped.previous_course > stepped.course
        and (
            stepped.previous_course - stepped.course
            > case when stepped.value = stepped.course then metrics.correction_ratio else 0 end
            * stepped.previous_value
            or (
                metrics.correction_ratio is null
                and abs(stepped.course + stepped.previous_value - stepped.previous_course)
                <= metrics.outlier_drop_ratio * stepped.previous_value
            )
        )

),

fallen as (

    select series_id
    from falls
    group by series_id

),

-- the few series that fall, numbered
numbered as (

    select
        observations_again.*,
        row_number() over (
            partition by observations_again.series_id
            order by observations_again.observed_date
        ) as place_in_series
    from observations_again
    inner join fallen on observations_again.series_id = fallen.series_id

),

-- one row per fall and observation near it
surrounded as (

    select
        falls.series_id,
        falling.place_in_series as fall_position,
        falls.correction_ratio,
        falls.outlier_drop_ratio,
        numbered.place_in_series,
        numbered.observed_date,
        numbered.value,
        numbered.linked_value,
        numbered.course,
        numbered.is_restated
    from falls
    inner join numbered as falling
        on
            falls.series_id = falling.series_id
            and falls.observed_date = falling.observed_date
    inner join numbered
        on
            falls.series_id = numbered.series_id
            and numbered.place_in_series
            between falling.place_in_series - 11 and falling.place_in_series + 11

)

select * from surrounded
