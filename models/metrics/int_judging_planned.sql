-- Whether all observations are judged anew, and why; else only what changed is.

-- a table: a plan that is made again while it is carried out may come out differently
{{ config(materialized='table') }}

with

series as (

    select * from {{ ref('int_series_fingerprinted') }}

),

changed as (

    select * from {{ ref('int_series_changed') }}

),

carried as (

    select * from {{ ref('int_series_carried') }}

),

stored as (

    select * from {{ ref('int_storage_scattered') }}

),

judged as (

    select * from {{ ref('stg_load_audit__judged_series') }}

),

codes as (

    select * from {{ ref('stg_load_audit__judged_codes') }}

),

judged_counted as (

    select coalesce(sum(observation_count), 0) as judged_count
    from judged

),

series_counted as (

    select coalesce(sum(observation_count), 0) as received_count
    from series

),

-- of series that are judged from their beginning
changed_counted as (

    select coalesce(sum(changed.observation_count), 0) as whole_count
    from changed
    left join carried on changed.series_id = carried.series_id
    where carried.series_id is null

),

codes_counted as (

    select count(*) as same_count
    from codes
    where code = {{ judging_code() }}

),

reasoned as (

    select
        case
            when {{ is_asked_for_anew() }} then 'it was asked for'
            when judged_counted.judged_count = 0 then 'none was judged before'
            when codes_counted.same_count = 0 then 'the rules they are judged by have changed'
            when stored.observation_count <> judged_counted.judged_count
                then 'the table does not hold what was judged'
            -- to write a table anew is cheaper than to change most of it
            when 3 * changed_counted.whole_count > series_counted.received_count
                then 'most of them have changed'
            -- late days are added at the end, and windows read more with each
            when stored.is_scattered
                then 'many came late and are not stored by their day'
        end as whole_reason
    from judged_counted
    cross join series_counted
    cross join changed_counted
    cross join codes_counted
    cross join stored

),

planned as (

    select
        whole_reason is not null as is_whole,
        whole_reason,
        cast('{{ run_started_at }}' as timestamp) as judged_at
    from reasoned

)

select * from planned
