with

file_records as (

    select * from {{ ref('stg_load_audit__file_records') }}

),

files as (

    select * from {{ ref('stg_load_audit__files') }}

),

-- one row per record; of several files that hold it the first
named as (

    select
        file_records._row_id,
        min(files.path) as path
    from file_records
    inner join files on file_records._file_id = files._file_id
    group by file_records._row_id

)

select * from named
