-- Whether all days of films are made anew, and why; else those from the first that changed are, as
-- a day is compared with the one before it. Days up to settled_date are added up for good, and no
-- build reads them again: at least three days are left, which may still come late.

-- a table: a plan that is made again while it is carried out may come out differently
{{ config(materialized='table') }}

with

changed as (

    select * from {{ ref('int_films_days_changed') }}

),

days as (

    select * from {{ ref('int_films_days_counted') }}

),

plans as (

    select * from {{ ref('stg_load_audit__taken_plans') }}
    where model_name = 'int_films_days_touched'

),

changed_dated as (

    select min(snapshot_date) as first_changed_date
    from changed
    where spoken_count <> taken_count

),

counted as (

    select
        max(days.snapshot_date) as newest_date,
        coalesce(sum(days.spoken_count), 0) as spoken_count,
        coalesce(sum(days.spoken_count) filter (
            where days.snapshot_date >= changed_dated.first_changed_date
        ), 0) as touched_count
    from days
    cross join changed_dated

),

reasoned as (

    select
        plans.plan_id as previous_plan_id,
        plans.settled_date as previous_settled_date,
        changed_dated.first_changed_date,
        counted.newest_date,
        case
            when {{ is_asked_for_anew() }} then 'it was asked for'
            when plans.settled_date is null then 'none were made before'
            when plans.code <> {{ films_code() }} then 'the models they are made by have changed'
            when changed_dated.first_changed_date <= plans.settled_date
                then 'a day before the newest of them has changed'
            -- to write the tables anew is cheaper than to change most of them
            when 3 * counted.touched_count > counted.spoken_count
                then 'most of what they are made from has changed'
        end as whole_reason
    from counted
    cross join changed_dated
    left join plans on true

),

-- every few days, and never beyond a day that is made again
settled as (

    select
        *,
        case
            when whole_reason is not null
                then cast({{ dbt.dateadd('day', -3, 'newest_date') }} as date)
            when {{ days_between('previous_settled_date', 'newest_date') }} > 6
                then greatest(previous_settled_date, cast({{ dbt.dateadd(
                    'day', -1, 'least(first_changed_date, ' ~ dbt.dateadd('day', -2, 'newest_date') ~ ')'
                ) }} as date))
            else previous_settled_date
        end as settled_date
    from reasoned

),

planned as (

    select
        '{{ invocation_id }}' as plan_id,
        previous_plan_id,
        whole_reason is not null as is_whole,
        whole_reason,
        -- nothing but raw rows and code decides of a film's day
        cast(0 as hugeint) as settings_fingerprint,
        first_changed_date,
        previous_settled_date,
        settled_date
    from settled

)

select * from planned
