with

tracks as (

    select * from {{ ref('stg_moovitamix__tracks') }}

),

extractions as (

    select * from {{ ref('int_listening_extractions_dated') }}

),

-- pages may overlap: the last page that shows a track counts
ranked as (

    select
        extraction_id,
        track_id,
        track_name,
        artist,
        songwriters,
        genres,
        album,
        duration_text,
        created_at,
        updated_at,
        row_number() over (
            partition by extraction_id, track_id
            order by
                {{ answer_order(
                    ties=['page_number', '_parent_row_id', '_index'], day='load_date'
                ) }}
        ) as showing_rank,
        try_cast(split_part(duration_text, ':', 1) as integer) as minutes,
        try_cast(split_part(duration_text, ':', 2) as integer) as seconds
    from tracks

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
