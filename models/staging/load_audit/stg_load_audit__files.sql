with

files as (

    select * from {{ source('load_audit', 'files') }}

),

renamed as (

    select
        -- attributes
        source,
        document,
        path,
        status as file_status,

        -- measures
        size_bytes,
        records_in,
        records_loaded,
        records_rejected,
        rows_rejected,
        values_rejected,

        -- loader
        _load_id,
        _file_id
    from files

)

select * from renamed
