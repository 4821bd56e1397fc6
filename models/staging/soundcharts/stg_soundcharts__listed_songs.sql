with

artist_song_items as (

    select * from {{ source('raw_soundcharts', 'artist_song_pages__items') }}

),

renamed as (

    select
        -- ids
        asked_document as document,
        nullif(asked_uuid, '') as asked_uuid,
        uuid as song_id,

        -- attributes
        nullif(trim(related_name), '') as subject_name,
        nullif(trim(name), '') as title,
        nullif(trim(credit_name), '') as artist_credit,

        -- dates
        try_cast(asked_folder as date) as extracted_date,
        {{ calendar_day('release_date') }} as release_date,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from artist_song_items

)

select * from renamed
