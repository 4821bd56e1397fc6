-- The raw rows of the loads that changed, with what changed of them; none is read of other loads.

-- a table: several models read it, and the next build compares with it
{{ config(materialized='table') }}

with

-- read twice, as two: what DuckDB keeps as one would not restrict which raw rows it reads
loads as (

    select * from {{ ref('int_leads_loads_changed') }}

),

loads_taken as (

    select * from {{ ref('int_leads_loads_changed') }}

),

all_hashed as (

    select * from {{ ref('int_leads_rows_hashed') }}

),

all_taken as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}

),

moved as (

    select * from {{ ref('int_leads_rows_moved') }}

),

hashed as (

    select all_hashed.*
    from all_hashed
    inner join loads
        on all_hashed.row_kind = loads.row_kind and all_hashed._load_id = loads._load_id

),

taken as (

    select all_taken.*
    from all_taken
    inner join loads_taken
        on
            all_taken.row_kind = loads_taken.row_kind
            and all_taken._load_id = loads_taken._load_id

),

-- one row per raw row; one that says something else is removed and added
compared as (

    select
        coalesce(hashed.raw_fingerprint, taken.raw_fingerprint) as raw_fingerprint,
        coalesce(hashed.row_kind, taken.row_kind) as row_kind,
        coalesce(hashed.lead_id, taken.lead_id) as lead_id,
        coalesce(hashed.call_id, taken.call_id) as call_id,
        coalesce(hashed.email_link, taken.email_link) as email_link,
        coalesce(hashed.phone_link, taken.phone_link) as phone_link,
        coalesce(hashed.place_fingerprint, taken.place_fingerprint) as place_fingerprint,
        case
            when taken.raw_fingerprint is null then 'added'
            when hashed.raw_fingerprint is null then 'removed'
            when moved.raw_fingerprint is not null then 'moved'
            else 'kept'
        end as row_change,
        coalesce(hashed._load_id, taken._load_id) as _load_id
    from hashed
    full outer join taken on hashed.raw_fingerprint = taken.raw_fingerprint
    left join moved on hashed.raw_fingerprint = moved.raw_fingerprint

)

select * from compared
