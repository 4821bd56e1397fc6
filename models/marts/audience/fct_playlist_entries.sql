with

entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

-- listings overlap and move while they are paged: the latest answer on an entry counts
numbered as (

    select
        *,
        row_number() over (
            partition by playlist_id, song_id, entry_date
            order by {{ answer_order(ties=['_parent_row_id', '_index']) }}
        ) as answer_number,
        count(*) over (
            partition by playlist_id, song_id, entry_date, _parent_row_id
        ) as answer_count
    from entries
    where playlist_id is not null and song_id is not null

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
