with

album_track_items as (

    select * from {{ source('raw_soundcharts', 'album_track_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        song_uuid as song_id,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(song_name), '') as title,
        nullif(trim(song_credit_name), '') as artist_credit,
        cast(disc_number as integer) as disc_number,
        cast(number as integer) as track_number,

        -- dates
        try_cast(asked_folder as date) as extracted_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from album_track_items

)

select * from renamed
