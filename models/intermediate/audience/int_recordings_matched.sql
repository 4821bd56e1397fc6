-- Twins: one recording under several song ids. Spotify shows one play count on all versions of a
-- recording, so twins bear the same name and credit and count (nearly) the same streams day by day.
-- Popularity proves nothing: quiet songs of one artist share the same flat line.
-- Each song is compared with one leader instead of with each other, so the work grows with the
-- number of points, not with the square of the number of songs that share a name.
-- A table: it is the evidence behind `recording_id`, and models and tests read it four times.
{{ config(materialized='table') }}

with

namesake_days as (

    select * from {{ ref('int_namesake_days_bounded') }}

),

-- songs of one name and day in the order of their streams; a step where the count is another
stepped as (

    select
        song_id,
        title_key,
        artist_id,
        observed_date,
        spotify_streams,
        case
            when spotify_streams <= lag(same_up_to) over (
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

-- one row per song and leader of its level on two weeks' days: young songs may meet for some days
pairs as (

    select
        song_id,
        leader_song_id
    from led
    where song_id <> leader_song_id
    group by all
    having count(*) >= 14

),

compared as (

    select
        pairs.song_id,
        pairs.leader_song_id,
        count(*) as common_day_count,
        count(*) filter (
            where own.spotify_streams <= leader.same_up_to
            and leader.spotify_streams <= own.same_up_to
        ) as equal_day_count
    from pairs
    inner join namesake_days as own on pairs.song_id = own.song_id
    inner join namesake_days as leader
        on
            pairs.leader_song_id = leader.song_id
            and own.observed_date = leader.observed_date
    group by all

),

-- four fifths: the spikes and gaps of a counter often befall one of two twins alone
judged as (

    select
        song_id,
        leader_song_id,
        common_day_count,
        equal_day_count,
        equal_day_count >= 0.8 * common_day_count as is_twin
    from compared

)

select * from judged
