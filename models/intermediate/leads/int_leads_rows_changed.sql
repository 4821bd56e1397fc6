-- Which raw rows came or went since the long tables were made, whatever changed them: a load, a
-- file that was withdrawn or forgotten, an edit by hand.

-- a table: several models read it, and it costs a pass over all raw rows
{{ config(materialized='table') }}

with

all_hashed as (

    select * from {{ ref('int_leads_rows_hashed') }}

),

taken as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}

),

-- if nothing was taken up before, there is nothing to compare with
known as (

    select count(*) > 0 as is_known
    from taken

),

hashed as (

    select all_hashed.*
    from all_hashed
    inner join known on known.is_known

),

-- one row per raw row that is new or gone; one that changed is both
compared as (

    select
        coalesce(hashed.raw_fingerprint, taken.raw_fingerprint) as raw_fingerprint,
        coalesce(hashed.row_kind, taken.row_kind) as row_kind,
        coalesce(hashed.lead_id, taken.lead_id) as lead_id,
        coalesce(hashed.call_id, taken.call_id) as call_id,
        coalesce(hashed.email_link, taken.email_link) as email_link,
        coalesce(hashed.phone_link, taken.phone_link) as phone_link,
        hashed.raw_fingerprint is null as is_removed
    from hashed
    full outer join taken on hashed.raw_fingerprint = taken.raw_fingerprint
    where hashed.raw_fingerprint is null or taken.raw_fingerprint is null

)

select * from compared
