with

entries as (

    select * from {{ ref('stg_soundcharts__playlist_entries') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

-- an entry of a day that cannot be is a finding
possible as (

    select entries.*
    from entries
    left join loads on entries._load_id = loads._load_id
    where {{ day_problem('cast(entries.entry_date as date)', 'loads.started_date') }} is null

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
    from possible
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
