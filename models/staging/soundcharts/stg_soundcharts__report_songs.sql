with

report_songs as (

    select * from {{ source('raw_soundcharts', 'report_songs') }}

),

renamed as (

    select
        -- ids
        song_id,

        -- attributes
        nullif(trim(title), '') as title,
        nullif(trim(artist), '') as artist_credit,
        nullif(trim(image_url), '') as image_url,

        -- dates
        {{ calendar_day('release_date') }} as release_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from report_songs

)

select * from renamed
