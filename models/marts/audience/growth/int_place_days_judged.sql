-- What a window must know of a place's days: what restates them, falls for good, or may still be an
-- excursion. Those that are one are left out.

-- a table: it is read for each window
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_place_days_listed') }}

),

excursions as (

    select * from {{ ref('int_place_excursions_found') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

-- a boundary between versions that falls on an excursion counts from the next sound observation
scaled as (

    select
        observations.*,
        metrics.kind,
        metrics.correction_ratio,
        metrics.reset_ratio,
        metrics.outlier_drop_ratio,
        excursions.series_id is not null as is_outlier,
        count(*) filter (where observations.is_restated) over (
            partition by observations.series_id
            order by observations.observed_date
        ) as scale_number
    from observations
    inner join metrics on observations.metric_id = metrics.metric_id
    left join excursions
        on
            observations.series_id = excursions.series_id
            and observations.observed_date = excursions.observed_date

),

followed as (

    select
        *,
        lag(value) over in_time as previous_value,
        lag(scale_number) over in_time as previous_scale_number,
        lag(cities_key) over in_time as previous_cities_key,
        lead(observed_date) over in_time as next_date,
        max(observed_date) over to_the_end as last_date,
        min(value) over to_the_end as least_value,
        max(value) over to_the_end as largest_value,
        count(*) over to_the_end as later_count
    from scaled
    where not is_outlier
    window
        in_time as (partition by series_id order by observed_date),
        to_the_end as (
            partition by series_id
            order by observed_date
            rows between 1 following and unbounded following
        )

),

classed as (

    select
        *,
        case
            when scale_number > previous_scale_number then 'restatement'
            when kind <> 'counter' or value >= previous_value then 'none'
            when previous_value - value < correction_ratio * previous_value then 'correction'
            when value < reset_ratio * previous_value then 'reset'
            when value < previous_value then 'restatement'
        end as break_class,
        case
            when
                kind <> 'flow'
                and {{ days_between('next_date', 'last_date') }} <= 14
                and {{ is_unconfirmed() }}
                then next_date
        end as unconfirmed_date
    from followed

),

judged as (

    select
        series_id,
        place_id,
        metric_id,
        observed_date,
        value,
        cities_key,
        count(*) filter (where break_class = 'restatement') over so_far as running_restatements,
        count(*) filter (where break_class = 'reset') over so_far as running_resets,
        count(*) filter (where cities_key <> previous_cities_key) over so_far as running_relinks,
        coalesce(
            observed_date >= min(unconfirmed_date) over (partition by series_id), false
        ) as is_unsettled
    from classed
    window so_far as (partition by series_id order by observed_date)

)

select * from judged
