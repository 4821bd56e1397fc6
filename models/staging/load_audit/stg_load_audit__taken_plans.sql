with

taken_plans as (

    select * from {{ source('load_audit', 'taken_plans') }}

),

renamed as (

    select
        model_name,
        plan_id,
        code,
        settings_fingerprint,
        held_count,
        settled_date
    from taken_plans

)

select * from renamed
