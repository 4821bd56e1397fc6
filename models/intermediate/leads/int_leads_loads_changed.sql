-- Of which loads raw rows came, went, or were read elsewhere since the long tables were made,
-- whatever did it: a load, a file that was withdrawn or forgotten, an edit by hand.

-- a table: several models read it, and it costs a pass over all raw rows
{{ config(materialized='table') }}

with

hashed as (

    select * from {{ ref('int_leads_rows_hashed') }}

),

taken as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}

),

hashed_summed as (

    select
        row_kind,
        _load_id,
        sum(place_fingerprint) as rows_fingerprint
    from hashed
    group by row_kind, _load_id

),

taken_summed as (

    select
        row_kind,
        _load_id,
        sum(place_fingerprint) as rows_fingerprint
    from taken
    group by row_kind, _load_id

),

-- one row per load and kind of raw row
changed as (

    select
        coalesce(hashed_summed.row_kind, taken_summed.row_kind) as row_kind,
        coalesce(hashed_summed._load_id, taken_summed._load_id) as _load_id
    from hashed_summed
    full outer join taken_summed
        on
            hashed_summed.row_kind = taken_summed.row_kind
            and hashed_summed._load_id = taken_summed._load_id
    where hashed_summed.rows_fingerprint is distinct from taken_summed.rows_fingerprint

)

select * from changed
