-- The calendar of the leads: from the first day that brought one to the last, without gaps.

-- a table: all leads are read for its bounds
{{ config(materialized='table') }}

with

leads as (

    select * from {{ ref('int_leads_latest') }}
    where lead_status is distinct from 'test'

),

numbers as (

    select * from {{ ref('int_leads_numbers_joined') }}

),

bounds as (

    select
        min(created_date) as first_lead_date,
        max(created_date) as last_lead_date
    from leads

),

-- one row per day
days as (

    select
        cast({{ dbt.dateadd('day', 'numbers.number', 'bounds.first_lead_date') }} as date)
            as day_date,
        bounds.first_lead_date,
        bounds.last_lead_date
    from bounds
    inner join numbers
        on {{ days_between('bounds.first_lead_date', 'bounds.last_lead_date') }} >= numbers.number

),

weeks as (

    select
        day_date,
        cast({{ dbt.date_trunc('week', 'day_date') }} as date) as week_date,
        first_lead_date,
        last_lead_date
    from days

),

marked as (

    select
        day_date,
        week_date,
        first_lead_date,
        last_lead_date,
        week_date < first_lead_date
        or cast({{ dbt.dateadd('day', 6, 'week_date') }} as date) > last_lead_date
            as is_partial_week,
        cast({{ dbt.dateadd('day', "6 + " ~ var('leads_maturity_days'), 'week_date') }} as date)
        <= last_lead_date as is_mature_week
    from weeks

)

select * from marked
