-- Songs that are one recording with a song that is one recording with a third are one recording.

-- a table: the songs, their recordings and the courses of those read it, and it goes in circles
{{ config(materialized='table') }}

with recursive

songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

matches as (

    select * from {{ ref('int_audience_recordings_matched') }}
    where is_twin

),

links as (

    select
        song_id,
        other_song_id
    from matches

    union all

    select
        other_song_id as song_id,
        song_id as other_song_id
    from matches

),

-- one row per song and song of its recording, itself included
reached as (

    select
        song_id,
        song_id as member_song_id
    from links

    union distinct

    select
        reached.song_id,
        links.other_song_id as member_song_id
    from reached
    inner join links on reached.member_song_id = links.song_id

),

recordings as (

    select
        song_id,
        min(member_song_id) as recording_id,
        count(*) as recording_song_count
    from reached
    group by song_id

),

grouped as (

    select
        songs.song_id,
        coalesce(recordings.recording_id, songs.song_id) as recording_id,
        coalesce(recordings.recording_song_count, 1) as recording_song_count
    from songs
    left join recordings on songs.song_id = recordings.song_id

)

select * from grouped
