with

file_records as (

    select * from {{ source('load_audit', 'file_records') }}

),

renamed as (

    select
        -- loader
        _row_id,
        _file_id
    from file_records

)

select * from renamed
