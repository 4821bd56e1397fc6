with

observations as (

    select * from {{ ref('int_observations_judged') }}

),

series as (

    select * from {{ ref('int_series_touched') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

-- an outlier is compared with outliers only, and the result is discarded at the end
followed as (

    select
        *,
        lag(value) over in_time as previous_value,
        lag(linked_value) over in_time as previous_linked_value,
        lag(observed_date) over in_time as previous_date,
        lead(observed_date) over in_time as next_date,
        row_number() over in_time as observation_place
    from observations
    window in_time as (partition by series_id, is_outlier order by observed_date)

),

-- identifiers that were added or removed are no change
moved as (

    select
        followed.*,
        metrics.kind,
        metrics.correction_ratio,
        metrics.reset_ratio,
        series.total_scale,
        -- a series that goes on has been counted before
        followed.observation_place
        + coalesce(series.running_observations - 1, 0) as observation_number,
        {{ days_between('followed.previous_date', 'followed.observed_date') }} as span_days,
        followed.value - followed.previous_value
        - (followed.linked_value - followed.previous_linked_value) as change
    from followed
    inner join series on followed.series_id = series.series_id
    inner join metrics on series.metric_id = metrics.metric_id

),

compared as (

    select
        *,
        case
            when is_outlier then 'outlier'
            when previous_value is null then 'first'
            when kind <> 'flow' and linked_value <> previous_linked_value then 'relinked'
            when is_restated then 'restatement'
            when change > 0 then 'increase'
            when change = 0 then 'unchanged'
            when kind <> 'counter' then 'decrease'
            when -change < correction_ratio * previous_value then 'correction'
            when previous_value + change < reset_ratio * previous_value then 'reset'
            else 'restatement'
        end as change_class,
        case
            when kind = 'flow' then value
            -- what jumps between two versions is no growth
            when is_restated then 0
            else greatest(coalesce(change, 0), 0)
        end as rise,
        coalesce(previous_value * span_days, 0) as carried_value_days
    from moved

),

-- so that totals are exact, see int_series_fingerprinted
rounded as (

    select
        *,
        round(rise * total_scale) / total_scale as gain,
        round(carried_value_days * total_scale) / total_scale as added_value_days
    from compared

)

select * from rounded
