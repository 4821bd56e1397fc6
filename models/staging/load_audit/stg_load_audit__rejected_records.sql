with

rejected_records as (

    select * from {{ source('load_audit', 'rejected_records') }}

),

renamed as (

    select
        -- attributes
        level as reject_level,
        path as field_path,
        reason as reject_reason,
        sample,

        -- measures
        record_index,

        -- loader
        _file_id,
        _load_id
    from rejected_records

)

select * from renamed
