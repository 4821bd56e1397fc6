-- Twins: one recording under several song ids. Spotify shows one play count on all versions of a
-- recording, so twins bear the same title and credit and count (nearly) the same streams day by
-- day. Popularity proves nothing: quiet songs of one artist share the same flat line.
-- Each song is compared with one leader instead of with each other, so the work grows with the
-- number of points, not with the square of the number of songs that share a title.

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

-- one row per song that shares title and credit with another, and day
namesake_days as (

    select
        counted.song_id,
        counted.title_key,
        counted.artist_id,
        song_days.observed_date,
        song_days.spotify_streams
    from counted
    inner join song_days on counted.song_id = song_days.song_id
    where counted.namesake_count > 1 and song_days.spotify_streams is not null

),

-- 0.5 %: known twins lie 0.2 % apart, where one id was read a day or two after the other
stepped as (

    select
        song_id,
        title_key,
        artist_id,
        observed_date,
        spotify_streams,
        case
            when spotify_streams <= 1.005 * lag(spotify_streams) over (
                partition by title_key, artist_id, observed_date
                order by spotify_streams, song_id
            ) then 0
            else 1
        end as level_step
    from namesake_days

),

levelled as (

    select
        song_id,
        title_key,
        artist_id,
        observed_date,
        sum(level_step) over (
            partition by title_key, artist_id, observed_date
            order by spotify_streams, song_id
            rows between unbounded preceding and current row
        ) as level_number
    from stepped

),

led as (

    select
        song_id,
        min(song_id) over (
            partition by title_key, artist_id, observed_date, level_number
        ) as leader_song_id
    from levelled

),

-- one row per song and leader of a level it ever stood on
pairs as (

    select
        song_id,
        leader_song_id
    from led
    where song_id <> leader_song_id
    group by all

),

compared as (

    select
        pairs.song_id,
        pairs.leader_song_id,
        count(*) as common_day_count,
        count(*) filter (
            where abs(own.spotify_streams - leader.spotify_streams)
            <= 0.005 * greatest(own.spotify_streams, leader.spotify_streams)
        ) as equal_day_count
    from pairs
    inner join namesake_days as own on pairs.song_id = own.song_id
    inner join namesake_days as leader
        on
            pairs.leader_song_id = leader.song_id
            and own.observed_date = leader.observed_date
    group by all

),

-- A week: two small songs may meet for a day. Four fifths: one of two twins has its spikes alone.
judged as (

    select
        song_id,
        leader_song_id,
        common_day_count,
        equal_day_count,
        common_day_count >= 7 and equal_day_count >= 0.8 * common_day_count as is_twin
    from compared

)

select * from judged
