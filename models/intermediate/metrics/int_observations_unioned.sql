-- Observations that passed the checks of int_observations_checked.

with

checked as (

    select * from {{ ref('int_observations_checked') }}

),

accepted as (

    select
        subject_id,
        metric_id,
        observed_date,
        value,
        linked_value,
        is_restated
    from checked
    where set_aside_reason is null

)

select * from accepted
