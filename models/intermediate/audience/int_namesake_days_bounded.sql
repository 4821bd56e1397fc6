-- Counts of two ids are taken for the same where they differ by 0.5 % (known twins lie 0.2 % apart)
-- or where one is not beyond what the other shows next: an id may be read a day after the other,
-- and a young song grows by more than 0.5 % a day.

with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

song_days as (

    select * from {{ ref('int_song_days_resolved') }}

),

counted as (

    select
        song_id,
        title_key,
        artist_id,
        count(*) over (partition by title_key, artist_id) as namesake_count
    from songs
    where title_key is not null and artist_id is not null

),

-- one row per song that shares name and credit with another, and day
bounded as (

    select
        counted.song_id,
        counted.title_key,
        counted.artist_id,
        song_days.observed_date,
        song_days.spotify_streams,
        greatest(
            1.005 * song_days.spotify_streams,
            lead(song_days.spotify_streams) over (
                partition by counted.song_id
                order by song_days.observed_date
            )
        ) as same_up_to
    from counted
    inner join song_days on counted.song_id = song_days.song_id
    where counted.namesake_count > 1 and song_days.spotify_streams is not null

)

select * from bounded
