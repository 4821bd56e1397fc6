with

drift_checks as (

    select * from {{ source('recommendations', 'drift_checks') }}

),

renamed as (

    select
        -- ids
        check_id,

        -- attributes
        measure,
        drift_status,

        -- measures
        drift_value,
        expected_value,
        highest_value,
        window_listen_count,
        reference_listen_count,

        -- dates
        checked_at,
        window_first_date,
        window_last_date
    from drift_checks

)

select * from renamed
