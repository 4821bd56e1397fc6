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

        -- dates: the first ten characters are the calendar day, whatever the offset says
        {{ dbt.safe_cast('substr(release_date, 1, 10)', 'date') }} as release_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from report_songs

),

-- the source writes 0000-01-01 where it knows no day
dated as (

    select
        song_id,
        title,
        artist_credit,
        image_url,
        case when release_date >= cast('0001-01-01' as date) then release_date end as release_date,
        _row_id,
        _index,
        _file_id,
        _load_id
    from renamed

)

select * from dated
