with

tracks as (

    select * from {{ ref('stg_moovitamix__tracks') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

-- pages may overlap, and one may show a track twice: the last showing counts
numbered as (

    select
        *,
        row_number() over (
            partition by extraction_id, track_id
            order by
                {{ answer_order(
                    'last', ties=['page_number', '_parent_row_id', '_index'], day='load_date'
                ) }}
        ) as showing_number
    from tracks

),

-- field by field: what the last showing leaves empty is what one before it says
shown as (

    select
        extraction_id,
        track_id,
        max_by(track_name, showing_number) filter (where track_name is not null)
            as track_name,
        max_by(artist, showing_number) filter (where artist is not null)
            as artist,
        max_by(songwriters, showing_number) filter (where songwriters is not null)
            as songwriters,
        max_by(genres, showing_number) filter (where genres is not null)
            as genres,
        max_by(album, showing_number) filter (where album is not null)
            as album,
        max_by(duration_text, showing_number) filter (where duration_text is not null)
            as duration_text,
        max_by(created_at, showing_number) filter (where created_at is not null)
            as created_at,
        max_by(updated_at, showing_number) filter (where updated_at is not null)
            as updated_at
    from numbered
    group by extraction_id, track_id

),

timed as (

    select
        *,
        try_cast(split_part(duration_text, ':', 1) as integer) as minutes,
        try_cast(split_part(duration_text, ':', 2) as integer) as seconds
    from shown

),

-- one row per extraction and track
extracted as (

    select
        timed.extraction_id,
        timed.track_id,
        extractions.extraction_number,
        timed.track_name,
        timed.artist,
        timed.songwriters,
        timed.genres,
        timed.album,
        timed.duration_text,
        case
            when
                timed.duration_text like '%_:__'
                and split_part(timed.duration_text, ':', 3) = ''
                -- a week at most: more is no track, and would not fit
                and timed.minutes between 0 and 10080
                and timed.seconds between 0 and 59
                then timed.minutes * 60 + timed.seconds
        end as duration_seconds,
        extractions.load_date,
        timed.created_at,
        timed.updated_at,
        extractions.etl_updated_at
    from timed
    inner join extractions on timed.extraction_id = extractions.extraction_id

)

select * from extracted
