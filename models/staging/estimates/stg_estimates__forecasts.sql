with

forecasts as (

    select * from {{ source('estimates', 'forecasts') }}

),

renamed as (

    select
        -- ids
        series_id,
        subject_id,
        metric_id,

        -- attributes
        age_group,
        status,
        certainty,

        -- measures
        horizon_weeks,
        week_value,
        week_low,
        week_high,
        reach_value,
        reach_low,
        reach_high,
        forecast_error,
        naive_error,
        held_ratio,
        tried_count,

        -- dates
        last_week_date,
        target_date,
        estimated_at
    from forecasts

)

select * from renamed
