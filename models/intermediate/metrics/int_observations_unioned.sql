-- The only way into the spine: a new domain adds its `union all` in int_observations_received and
-- nothing else downstream.

with

received as (

    select * from {{ ref('int_observations_received') }}

),

accepted as (

    select
        subject_id,
        metric_id,
        observed_date,
        value
    from received
    where set_aside_reason is null

)

select * from accepted
