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

        -- dates: the calendar day is the first ten characters, whatever the offset says; a year
        -- zero is how the source writes a day it does not know
        case
            when release_date >= '0001' then try_cast(substr(release_date, 1, 10) as date)
        end as release_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from report_songs

)

select * from renamed
