with

model_metrics as (

    select * from {{ source('recommendations', 'model_metrics') }}

),

renamed as (

    select
        -- ids
        model_version,

        -- attributes
        model,
        settings,
        split_name,
        figure,

        -- measures
        figure_value,
        evaluated_count,

        -- dates
        measured_at
    from model_metrics

)

select * from renamed
