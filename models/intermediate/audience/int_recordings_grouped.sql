with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

matches as (

    select * from {{ ref('int_recordings_matched') }}

),

-- one row per song that has a twin with a smaller id
leaders as (

    select
        song_id,
        min(leader_song_id) as leader_song_id
    from matches
    where is_twin
    group by song_id

),

-- a leader may follow a leader of its own on the days when that one has no points; two more steps
-- reach the end of a chain of four
grouped as (

    select
        songs.song_id,
        coalesce(
            thirds.leader_song_id,
            seconds.leader_song_id,
            firsts.leader_song_id,
            songs.song_id
        ) as recording_id
    from songs
    left join leaders as firsts on songs.song_id = firsts.song_id
    left join leaders as seconds on firsts.leader_song_id = seconds.song_id
    left join leaders as thirds on seconds.leader_song_id = thirds.song_id

)

select * from grouped
