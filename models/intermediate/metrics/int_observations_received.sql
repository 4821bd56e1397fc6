with

received as (

    {{ union_domains('observations') }}

)

select * from received
