-- Every excursion has a fall at its beginning or at its end, so only what lies near a fall is
-- looked at: eleven observations to each side hold the longest run and the ones around it.

with

observations as (

    select * from {{ ref('int_observations_keyed') }}

),

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

stepped as (

    select
        series_id,
        observed_date,
        value,
        linked_value,
        course,
        is_restated,
        row_number() over in_time as place_in_series,
        lag(value) over in_time as previous_value,
        lag(course) over in_time as previous_course
    from observations
    window in_time as (partition by series_id order by observed_date)

),

-- a link inside an excursion moves the scale of its fall, so beside a link every fall is looked at
falls as (

    select
        stepped.series_id,
        stepped.place_in_series as fall_position,
        metrics.correction_ratio,
        metrics.outlier_drop_ratio
    from stepped
    inner join series on stepped.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id
    where
        stepped.previous_course - stepped.course
        > case when stepped.linked_value = 0 then metrics.correction_ratio else 0 end
        * stepped.previous_value
        or (
            metrics.correction_ratio is null
            and abs(stepped.course + stepped.previous_value - stepped.previous_course)
            <= metrics.outlier_drop_ratio * stepped.previous_value
        )

),

-- one row per fall and observation near it
surrounded as (

    select
        falls.series_id,
        falls.fall_position,
        falls.correction_ratio,
        falls.outlier_drop_ratio,
        stepped.place_in_series,
        stepped.observed_date,
        stepped.value,
        stepped.linked_value,
        stepped.course,
        stepped.is_restated
    from falls
    inner join stepped
        on
            falls.series_id = stepped.series_id
            and stepped.place_in_series
            between falls.fall_position - 11 and falls.fall_position + 11

)

select * from surrounded
