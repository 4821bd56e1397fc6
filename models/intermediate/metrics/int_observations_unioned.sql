-- The only way into the spine: a new domain adds its `union all` here and nothing else downstream.

with

audience as (

    select * from {{ ref('int_audience_observations') }}

),

listening as (

    select * from {{ ref('int_listening_observations') }}

),

unioned as (

    select
        subject_id,
        metric_id,
        observed_date,
        value
    from audience

    union all

    select
        subject_id,
        metric_id,
        observed_date,
        value
    from listening

)

select * from unioned
