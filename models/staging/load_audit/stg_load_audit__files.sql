with

files as (

    select * from {{ source('load_audit', 'files') }}

),

renamed as (

    select
        -- attributes
        path,

        -- loader
        _file_id
    from files

)

select * from renamed
