with

runs as (

    select * from {{ source('operations', 'runs') }}

),

renamed as (

    select
        -- ids
        run_id,

        -- attributes
        verb,
        outcome as run_outcome,
        killed_phase,
        error as error_class,
        version as crescendo_version,

        -- measures
        seconds as run_seconds,

        -- dates
        started_at as run_started_at,
        ended_at
    from runs

)

select * from renamed
