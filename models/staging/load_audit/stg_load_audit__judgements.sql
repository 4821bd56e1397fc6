with

judgements as (

    select * from {{ source('load_audit', 'judgements') }}

),

renamed as (

    select
        -- dates
        judged_at,

        -- loader
        newest_load_id
    from judgements

)

select * from renamed
