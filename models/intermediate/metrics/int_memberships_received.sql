-- a table: every question by a name reads it, and the bridges behind it take longer
{{ config(materialized='table') }}

with

received as (

    {{ union_domains('memberships') }}

)

select * from received
