-- Ids mean something within one extraction only, and what comes later is the newer state.

with

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row per extraction
extractions as (

    select
        pages.extraction_id,
        -- pages that were captured without their request: the day they were loaded
        coalesce(max(pages.load_date), cast(min(loads.started_at) as date)) as load_date,
        max(loads.started_at) as etl_updated_at
    from pages
    inner join loads on pages._load_id = loads._load_id
    group by pages.extraction_id

),

numbered as (

    select
        extraction_id,
        row_number() over (order by load_date, extraction_id) as extraction_number,
        load_date,
        etl_updated_at
    from extractions

)

select * from numbered
