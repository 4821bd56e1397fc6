with

phases as (

    select * from {{ source('operations', 'phases') }}

),

renamed as (

    select
        -- ids
        run_id,

        -- attributes
        phase,
        outcome as run_outcome,

        -- measures
        seconds as phase_seconds,
        cpu_seconds,
        peak_bytes,
        bytes as read_bytes,
        row_count,

        -- dates
        noted_at
    from phases

)

select * from renamed
