with

genres as (

    select * from {{ source('raw_soundcharts', 'artists__genres') }}

),

renamed as (

    select
        -- attributes
        genre,

        -- loader
        _parent_row_id,
        _index
    from genres

)

select * from renamed
