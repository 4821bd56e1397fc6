with

artist_song_items as (

    select * from {{ source('raw_soundcharts', 'artist_song_pages__items') }}

),

renamed as (

    select
        -- ids
        uuid as song_id,

        -- attributes
        nullif(trim(name), '') as title,
        nullif(trim(credit_name), '') as artist_credit,

        -- dates
        {{ calendar_day('release_date') }} as release_date,

        -- loader
        _parent_row_id,
        _index
    from artist_song_items

)

select * from renamed
