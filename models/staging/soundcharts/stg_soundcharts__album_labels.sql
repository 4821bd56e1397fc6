with

labels as (

    select * from {{ source('raw_soundcharts', 'albums__labels') }}

),

renamed as (

    select
        -- attributes
        nullif(trim(name), '') as label_name,
        nullif(trim(type), '') as label_type,

        -- loader
        _parent_row_id,
        _index
    from labels

)

select * from renamed
