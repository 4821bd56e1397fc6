with

albums as (

    select * from {{ source('raw_soundcharts', 'albums') }}

),

renamed as (

    select
        -- ids
        coalesce(object_uuid, asked_uuid) as album_id,
        nullif(trim(object_upc), '') as upc,

        -- attributes
        nullif(trim(object_name), '') as album_title,
        nullif(trim(object_credit_name), '') as artist_credit,
        nullif(trim(object_type), '') as album_type,
        nullif(trim(object_label), '') as label_name,
        nullif(trim(object_copyright), '') as copyright_line,
        nullif(trim(object_distributor), '') as distributor,
        nullif(trim(object_image_url), '') as image_url,

        -- measures
        object_total_tracks as track_count,

        -- dates
        {{ calendar_day('object_release_date') }} as release_date,
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from albums

)

select * from renamed
