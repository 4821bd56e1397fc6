with

album_track_items as (

    select * from {{ source('raw_soundcharts', 'album_track_pages__items') }}

),

renamed as (

    select
        -- ids
        song_uuid as song_id,

        -- attributes
        nullif(trim(song_name), '') as title,
        nullif(trim(song_credit_name), '') as artist_credit,
        cast(disc_number as integer) as disc_number,
        cast(number as integer) as track_number,

        -- loader
        _parent_row_id,
        _index
    from album_track_items

)

select * from renamed
