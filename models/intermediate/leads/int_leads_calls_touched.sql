-- Which calls are made again: those that a raw row came or went for, and all of leads that are.

-- a table: what the run takes up
{{ config(materialized='table') }}

with

planned as (

    select * from {{ ref('int_leads_planned') }}

),

changed as (

    select * from {{ ref('int_leads_rows_changed') }}
    where row_kind = 'call' and row_change <> 'kept'

),

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}

),

leads as (

    select * from {{ ref('int_leads_touched') }}

),

-- one row per call
touched as (

    select changed.call_id
    from changed
    inner join planned on not planned.is_whole

    union distinct

    select calls.call_id
    from calls
    inner join leads on calls.lead_id = leads.lead_id

)

select * from touched
