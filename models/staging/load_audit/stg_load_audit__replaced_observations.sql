with

replaced_observations as (

    select * from {{ source('load_audit', 'replaced_observations') }}

),

renamed as (

    select
        -- ids
        series_id,

        -- attributes
        change_class,

        -- measures
        value,
        linked_value,
        change,
        span_days,
        running_gain,
        running_value_days,
        running_observations,
        running_breaks,
        running_corrections,
        running_restatements,
        running_resets,
        running_relinks,

        -- flags
        is_outlier,

        -- dates
        observed_date,
        next_observed_date,
        known_from,
        known_until
    from replaced_observations

)

select * from renamed
