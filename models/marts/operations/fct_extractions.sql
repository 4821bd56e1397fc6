-- One vocabulary for all sources. What MooVitamix says of its own listings is known better than
-- what the ledger says of their files.

with

listening as (

    select * from {{ ref('fct_listening_extractions') }}

),

files as (

    select * from {{ ref('stg_load_audit__files') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

counted as (

    select
        source,
        document,
        _load_id,
        count(*) as page_count,
        cast(sum(records_in) as bigint) as record_count,
        cast(sum(records_loaded) as bigint) as new_record_count,
        cast(sum(records_rejected + rows_rejected + values_rejected) as bigint)
            as quarantined_count
    from files
    where file_status = 'loaded' and source <> 'moovitamix'
    group by source, document, _load_id

),

-- one row per source, extraction and route
extractions as (

    select
        'moovitamix' as source,
        extraction_id,
        route,
        page_count,
        record_count,
        total_count,
        new_record_count,
        quarantined_count,
        is_complete,
        load_date,
        etl_updated_at
    from listening

    union all

    select
        counted.source,
        cast(counted._load_id as string) as extraction_id,
        counted.document as route,
        counted.page_count,
        counted.record_count,
        cast(null as bigint) as total_count,
        counted.new_record_count,
        counted.quarantined_count,
        cast(null as boolean) as is_complete,
        loads.started_date as load_date,
        loads.started_at as etl_updated_at
    from counted
    inner join loads on counted._load_id = loads._load_id

)

select * from extractions
