-- The first day on which a changed series differs from what is held of it. One that is not here
-- changed long before its newest days, and is judged from its beginning.

with

appended as (

    select * from {{ ref('int_changes_appended') }}

),

explained as (

    select * from {{ ref('int_changes_explained') }}

),

dated as (

    select * from appended

    union all

    select * from explained

)

select * from dated
