with

series as (

    select * from {{ ref('int_series_fingerprinted') }}

),

described as (

    select
        series_id,
        subject_id,
        metric_id,
        first_date,
        last_date,
        observation_count
    from series

)

select * from described
