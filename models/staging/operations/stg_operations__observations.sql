with

observations as (

    select * from {{ source('operations', 'observations') }}

),

renamed as (

    select
        -- ids
        subject_id,
        parent_id as group_id,
        run_id,

        -- attributes
        subject_type,
        subject_name as measured_name,
        metric,

        -- measures
        value,

        -- dates
        observed_date
    from observations

)

select * from renamed
