with

loads as (

    select * from {{ source('load_audit', 'loads') }}

),

renamed as (

    select
        -- dates
        started_at,
        finished_at,
        cast(started_at as date) as started_date,

        -- loader
        _load_id
    from loads

)

select * from renamed
