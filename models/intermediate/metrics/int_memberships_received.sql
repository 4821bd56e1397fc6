with

received as (

    {{ union_domains('memberships') }}

)

select * from received
