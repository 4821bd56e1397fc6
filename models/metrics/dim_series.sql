with

observations as (

    select * from {{ ref('int_observations_unioned') }}

),

-- one row per subject and metric
series as (

    select
        subject_id,
        metric_id,
        min(observed_date) as first_date,
        max(observed_date) as last_date,
        count(*) as observation_count
    from observations
    group by all

),

keyed as (

    select
        {{ series_key('subject_id', 'metric_id') }} as series_id,
        subject_id,
        metric_id,
        first_date,
        last_date,
        observation_count
    from series

)

select * from keyed
