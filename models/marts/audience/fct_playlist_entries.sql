with

entries as (

    select * from {{ ref('int_playlist_entries_settled') }}

),

observed as (

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
    from entries

)

select * from observed
