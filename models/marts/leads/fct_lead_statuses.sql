with

changes as (

    select * from {{ ref('int_leads_statuses_filtered') }}

)

select * from changes
