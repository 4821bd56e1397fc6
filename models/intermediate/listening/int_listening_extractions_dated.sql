-- Ids mean something within one extraction only, and what comes later is the newer state.

with

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- a day that cannot be says nothing, and is a finding
said as (

    select
        pages.extraction_id,
        pages.load_date,
        {{ day_problem('pages.load_date', 'cast(loads.started_at as date)') }} is not null
            as has_impossible_day,
        loads.started_at
    from pages
    inner join loads on pages._load_id = loads._load_id

),

-- one row per extraction
extractions as (

    select
        extraction_id,
        -- pages that were captured without their request: the day they were loaded
        coalesce(
            max(load_date) filter (where not has_impossible_day), cast(min(started_at) as date)
        ) as load_date,
        bool_or(has_impossible_day) as has_impossible_day,
        max(started_at) as etl_updated_at
    from said
    group by extraction_id

),

numbered as (

    select
        extraction_id,
        row_number() over (order by load_date, extraction_id) as extraction_number,
        load_date,
        has_impossible_day,
        etl_updated_at
    from extractions

)

select * from numbered
