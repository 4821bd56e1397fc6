with

judged_codes as (

    select * from {{ source('load_audit', 'judged_codes') }}

),

renamed as (

    select code
    from judged_codes

)

select * from renamed
