-- A person counts once in any 30 days: a validated lead counts if the last one of the person that
-- counts was created 30 days before or earlier. So each depends on the one before.

-- a table: steps that depend on each other are slow to repeat; those of touched persons are
{{ config(
    materialized='incremental', incremental_strategy='touched', unique_key='lead_id', on_schema_change='fail',
    post_hook='{{ note_taken() }}',
) }}

with recursive

leads as (

    select * from {{ ref('int_leads_latest') }}
    where {{ is_touched('lead_id') }}

),

persons as (

    select * from {{ ref('int_leads_persons_matched') }}
    where {{ is_touched('lead_id') }}

),

-- one without a date is taken for older than all others
validated as (

    select
        leads.lead_id,
        persons.person_key,
        coalesce(leads.created_date, date '1900-01-01') as counted_date,
        row_number() over (
            partition by persons.person_key
            order by leads.created_at nulls first, leads.lead_id
        ) as place,
        count(*) over (partition by persons.person_key) as lead_count
    from leads
    inner join persons on leads.lead_id = persons.lead_id
    where leads.lead_status = 'validated' and leads.validation_problem is null

),

several as (

    select
        lead_id,
        person_key,
        counted_date,
        place
    from validated
    where lead_count > 1

),

steps as (

    select
        person_key,
        place,
        lead_id,
        true as is_counted,
        counted_date as last_counted_date
    from several
    where place = 1

    union all

    select
        several.person_key,
        several.place,
        several.lead_id,
        {{ days_between('steps.last_counted_date', 'several.counted_date') }} >= 30 as is_counted,
        case
            when
                {{ days_between('steps.last_counted_date', 'several.counted_date') }} >= 30
                then several.counted_date
            else steps.last_counted_date
        end as last_counted_date
    from steps
    inner join several
        on steps.person_key = several.person_key and steps.place + 1 = several.place

),

-- one row per lead that its tool validated and that nothing speaks against
counted as (

    select
        lead_id,
        true as is_counted
    from validated
    where lead_count = 1

    union all

    select
        lead_id,
        is_counted
    from steps

)

select * from counted
