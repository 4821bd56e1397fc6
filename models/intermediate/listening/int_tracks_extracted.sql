with

tracks as (

    select * from {{ ref('stg_moovitamix__tracks') }}

),

pages as (

    select * from {{ ref('stg_moovitamix__pages') }}

),

extractions as (

    select * from {{ ref('int_extractions_dated') }}

),

-- pages may overlap: the last page that shows a track counts
ranked as (

    select
        pages.extraction_id,
        tracks.track_id,
        tracks.track_name,
        tracks.artist,
        tracks.songwriters,
        tracks.genres,
        tracks.album,
        tracks.duration_text,
        tracks.created_at,
        tracks.updated_at,
        row_number() over (
            partition by pages.extraction_id, tracks.track_id
            order by
                pages._load_id desc,
                pages.page_number desc,
                tracks._parent_row_id desc,
                tracks._index desc
        ) as showing_rank,
        try_cast(split_part(tracks.duration_text, ':', 1) as integer) as minutes,
        try_cast(split_part(tracks.duration_text, ':', 2) as integer) as seconds
    from tracks
    inner join pages on tracks._parent_row_id = pages._row_id

),

-- one row per extraction and track
extracted as (

    select
        ranked.extraction_id,
        ranked.track_id,
        extractions.extraction_number,
        ranked.track_name,
        ranked.artist,
        ranked.songwriters,
        ranked.genres,
        ranked.album,
        ranked.duration_text,
        case
            when
                ranked.duration_text like '%_:__'
                and split_part(ranked.duration_text, ':', 3) = ''
                -- a week at most: more is no track, and would not fit
                and ranked.minutes between 0 and 10080
                and ranked.seconds between 0 and 59
                then ranked.minutes * 60 + ranked.seconds
        end as duration_seconds,
        extractions.load_date,
        ranked.created_at,
        ranked.updated_at,
        extractions.etl_updated_at
    from ranked
    inner join extractions on ranked.extraction_id = extractions.extraction_id
    where ranked.showing_rank = 1

)

select * from extracted
