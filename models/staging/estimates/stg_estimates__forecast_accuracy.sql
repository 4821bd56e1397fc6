with

forecast_accuracy as (

    select * from {{ source('estimates', 'forecast_accuracy') }}

),

renamed as (

    select
        -- ids
        metric_id,

        -- attributes
        age_group,

        -- measures
        horizon_weeks,
        judged_count,
        shown_count,
        forecast_error,
        naive_error,
        held_ratio,
        tried_count,

        -- dates
        estimated_at
    from forecast_accuracy

)

select * from renamed
