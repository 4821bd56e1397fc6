-- Which leads are made again: those that a raw row came or went for, and all that may be the same
-- person, directly or through others, by any version of theirs.

-- a table: what the run takes up, noted with it
{{ config(
    materialized='table', post_hook='{{ note_planned_leads() }}',
    pre_hook="{{ tell_why_all('int_leads_planned', 'All leads are made anew', 'none were made before') }}",
) }}

with recursive

planned as (

    select * from {{ ref('int_leads_planned') }}

),

all_changed as (

    select * from {{ ref('int_leads_rows_changed') }}
    where row_change <> 'kept'

),

links as (

    select * from {{ ref('int_leads_links_unioned') }}

),

calls as (

    select * from {{ ref('stg_leads__call_attempts') }}
    where lead_id is not null

),

changed as (

    select all_changed.*
    from all_changed
    inner join planned on not planned.is_whole

),

changed_calls as (

    select call_id
    from changed
    where row_kind = 'call'
    group by call_id

),

-- a call that is corrected may have been another lead's before
begun as (

    select lead_id
    from changed
    where lead_id is not null

    union distinct

    select calls.lead_id
    from calls
    inner join changed_calls on calls.call_id = changed_calls.call_id

),

-- one row per lead
reached as (

    select lead_id
    from begun

    union distinct

    select others.lead_id
    from reached
    inner join links on reached.lead_id = links.lead_id
    inner join links as others on links.link = others.link

)

select * from reached
