-- Which raw rows of the loads that changed say the same as before and were read elsewhere, of leads
-- and calls that were sent more than once: the order of their versions may be another.

with

-- read twice, as two: as one, DuckDB would keep all of its rows
hashed as (

    select * from {{ ref('int_leads_rows_hashed') }}
    where sent_id is not null

),

all_versions as (

    select * from {{ ref('int_leads_rows_hashed') }}
    where sent_id is not null

),

taken as (

    select * from {{ ref('stg_load_audit__taken_lead_rows') }}

),

loads as (

    select * from {{ ref('int_leads_loads_changed') }}

),

read_elsewhere as (

    select
        hashed.row_kind,
        hashed.sent_id,
        hashed.raw_fingerprint
    from hashed
    inner join loads on hashed.row_kind = loads.row_kind and hashed._load_id = loads._load_id
    inner join taken on hashed.raw_fingerprint = taken.raw_fingerprint
    where hashed.place_fingerprint <> taken.place_fingerprint

),

resent as (

    select
        row_kind,
        sent_id
    from all_versions
    where sent_id in (select read_elsewhere.sent_id from read_elsewhere)
    group by row_kind, sent_id
    having count(*) > 1

),

moved as (

    select read_elsewhere.raw_fingerprint
    from read_elsewhere
    inner join resent
        on
            read_elsewhere.row_kind = resent.row_kind
            and read_elsewhere.sent_id = resent.sent_id

)

select * from moved
