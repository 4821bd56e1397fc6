with

loads as (

    select * from {{ source('load_audit', 'loads') }}

),

renamed as (

    select
        -- dates
        started_at,
        finished_at,

        -- loader
        _load_id
    from loads

)

select * from renamed
