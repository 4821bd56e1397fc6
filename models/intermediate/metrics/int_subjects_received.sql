with

received as (

    {{ union_domains('subjects') }}

)

select * from received
