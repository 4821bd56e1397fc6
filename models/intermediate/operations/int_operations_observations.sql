with

filtered as (

    select * from {{ ref('int_operations_observations_filtered') }}

),

observations as (

    select
        subject_id,
        'crescendo:' || metric as metric_id,
        observed_date,
        value
    from filtered

)

select * from observations
