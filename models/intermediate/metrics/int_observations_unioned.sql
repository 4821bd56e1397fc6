-- The only way into the spine; see int_observations_received.

with

received as (

    select * from {{ ref('int_observations_received') }}

),

accepted as (

    select
        subject_id,
        metric_id,
        observed_date,
        value,
        linked_value,
        is_restated
    from received
    where set_aside_reason is null

)

select * from accepted
