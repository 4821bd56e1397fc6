-- The only way into the spine: a new domain adds its `union all` here and nothing else downstream.

with

audience as (

    select * from {{ ref('int_audience_observations') }}

),

unioned as (

    select
        subject_id,
        metric_id,
        observed_date,
        value
    from audience

)

select * from unioned
