with

taken_lead_plans as (

    select * from {{ source('load_audit', 'taken_lead_plans') }}

),

renamed as (

    select
        model_name,
        plan_id,
        code,
        settings_fingerprint,
        held_count
    from taken_lead_plans

)

select * from renamed
