with

listening as (

    select * from {{ ref('fct_listening_refusals') }}

),

rejected as (

    select * from {{ ref('stg_load_audit__rejected_records') }}

),

files as (

    select * from {{ ref('stg_load_audit__files') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- one row per listen and value that the models refuse, and per record, row and value that the
-- loader rejects
quarantined as (

    select
        'moovitamix' as source,
        extraction_id,
        route,
        record_id,
        position,
        quarantine_reason,
        refused_value,
        cast(null as string) as file_path,
        load_date
    from listening

    union all

    select
        files.source,
        cast(rejected._load_id as string) as extraction_id,
        files.document as route,
        rejected.field_path as record_id,
        rejected.record_index as position,
        rejected.reject_reason as quarantine_reason,
        rejected.sample as refused_value,
        files.path as file_path,
        loads.started_date as load_date
    from rejected
    inner join files on rejected._file_id = files._file_id
    inner join loads on rejected._load_id = loads._load_id

)

select * from quarantined
