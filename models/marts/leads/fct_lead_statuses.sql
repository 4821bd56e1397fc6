with

changes as (

    select * from {{ ref('int_lead_statuses_changed') }}

)

select * from changes
