-- What int_observations_checked sets aside: findings, and what tests need not find among the facts.

-- a table of few rows: each reader would look through all that was received
{{ config(materialized='table') }}

with

checked as (

    select * from {{ ref('int_observations_checked') }}

),

excluded as (

    select
        subject_id,
        metric_id,
        observed_date,
        value,
        set_aside_reason
    from checked
    where set_aside_reason is not null

)

select * from excluded
