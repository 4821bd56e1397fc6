with

observations as (

    select * from {{ ref('int_observations_received') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- a day's figures may come from east of Greenwich
latest as (

    select cast({{ dbt.dateadd('day', 1, 'max(started_at)') }} as date) as latest_date
    from loads

),

doubted as (

    select
        coalesce(observations.set_aside_reason, 'date_in_the_future') as finding_kind,
        observations.subject_id as record_id,
        observations.metric_id as place,
        case
            when observations.set_aside_reason is null
                then cast(observations.observed_date as varchar)
            else cast(observations.value as varchar)
        end as example,
        observations.observed_date as found_date
    from observations
    cross join latest
    where
        observations.set_aside_reason is not null
        or observations.observed_date > latest.latest_date

)

select * from doubted
