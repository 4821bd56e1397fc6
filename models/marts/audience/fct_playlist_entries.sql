with

pages as (

    select * from {{ ref('stg_soundcharts__listing_pages') }}

),

entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

-- listings overlap and move while they are paged: the latest answer on an entry counts
numbered as (

    select
        entries.*,
        row_number() over (
            partition by entries.playlist_id, entries.song_id, entries.entry_date
            order by
                pages.extracted_date desc nulls last,
                pages._load_id desc,
                entries._parent_row_id asc,
                entries._index asc
        ) as answer_number,
        count(*) over (
            partition by
                entries.playlist_id, entries.song_id, entries.entry_date, entries._parent_row_id
        ) as answer_count
    from entries
    inner join pages on entries._parent_row_id = pages._row_id
    where entries.playlist_id is not null and entries.song_id is not null

),

latest as (

    select
        playlist_id,
        song_id,
        playlist_position,
        peak_playlist_position,
        subscriber_count,
        answer_count,
        entry_date,
        exit_date,
        position_date,
        peak_position_date
    from numbered
    where answer_number = 1

)

select * from latest
