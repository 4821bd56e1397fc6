with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

matches as (

    select * from {{ ref('int_recordings_matched') }}

),

-- one row per song and smaller id that is the same recording, by its streams or by its code
linked as (

    select
        song_id,
        leader_song_id
    from matches
    where is_twin

    union all

    select
        song_id,
        min(song_id) over (partition by isrc) as leader_song_id
    from songs
    where isrc is not null

),

leaders as (

    select
        song_id,
        min(leader_song_id) as leader_song_id
    from linked
    where song_id <> leader_song_id
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
