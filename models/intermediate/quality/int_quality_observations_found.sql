with

observations as (

    select * from {{ ref('int_observations_excluded') }}

),

refused as (

    select * from {{ ref('int_audience_refusals_found') }}

),

dates as (

    select * from {{ ref('int_quality_dates_found') }}

),

films as (

    select * from {{ ref('int_quality_films_found') }}

),

doubted as (

    select
        set_aside_reason as finding_kind,
        subject_id as record_id,
        metric_id as place,
        case
            when set_aside_reason like 'date_%' then cast(observed_date as string)
            else cast(value as string)
        end as example,
        observed_date as found_date
    from observations

    union all

    select
        set_aside_reason as finding_kind,
        subject_id as record_id,
        metric_id as place,
        cast(value as string) as example,
        observed_date as found_date
    from refused

    union all

    select
        finding_kind,
        record_id,
        place,
        cast(observed_date as string) as example,
        observed_date as found_date
    from dates

    union all

    select
        finding_kind,
        record_id,
        place,
        example,
        found_date
    from films

)

select * from doubted
