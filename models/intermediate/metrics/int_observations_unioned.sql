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
        value,
        linked_value,
        is_restated
    from audience

    union all

    -- a listen has one identifier and one version
    select
        subject_id,
        metric_id,
        observed_date,
        value,
        cast(0 as double) as linked_value,
        false as is_restated
    from listening

)

select * from unioned
