with

entries as (

    select * from {{ source('raw_charts', 'entries') }}

),

renamed as (

    select
        -- attributes
        nullif(trim(song), '') as title,
        nullif(trim(artist), '') as artist_credit,
        nullif(trim(album_cover_url), '') as image_url,
        album_type,
        total_tracks as track_count,
        duration_ms / 1000.0 as duration_seconds,
        lower(is_explicit) = 'true' as is_explicit,

        -- measures
        position as chart_position,
        nullif(popularity, 0) as spotify_popularity,

        -- dates
        date as observed_date,
        {{ calendar_day('release_date') }} as release_date,

        -- loader
        _row_id,
        _index,
        _file_id,
        _load_id
    from entries

)

select * from renamed
