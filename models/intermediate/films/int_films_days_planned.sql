-- What the build does with each day, and which loads speak of it, so that no other rows are read.

-- a table: it is looked up beside all answers
{{ config(materialized='table') }}

with

days as (

    select * from {{ ref('int_films_days_counted') }}
    where snapshot_date is not null

),

planned as (

    select * from {{ ref('int_films_planned') }}

),

-- one row per day and load
placed as (

    select
        days.snapshot_date,
        days._load_id,
        planned.is_whole or coalesce(days.snapshot_date >= planned.first_changed_date, false)
            as is_touched,
        days.snapshot_date <= planned.settled_date as is_settled,
        not planned.is_whole
        and days.snapshot_date > planned.settled_date
        and coalesce(days.snapshot_date < planned.first_changed_date, true) as is_carried
    from days
    cross join planned
    group by all

)

select * from placed
