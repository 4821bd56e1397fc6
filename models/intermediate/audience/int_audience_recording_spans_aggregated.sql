with

-- several proposals may hold a song
song_days as (

    select
        song_id,
        observed_date,
        spotify_streams
    from {{ ref('int_audience_recording_days_joined') }}
    group by all

),

spans as (

    select
        song_days.song_id,
        min(song_days.observed_date) as first_date,
        max(song_days.observed_date) as last_date,
        min_by(song_days.spotify_streams, song_days.observed_date) as first_streams,
        max_by(song_days.spotify_streams, song_days.observed_date) as last_streams,
        (max(song_days.spotify_streams) - min(song_days.spotify_streams))
        / count(*) as daily_gain
    from song_days
    group by song_days.song_id

)

select * from spans
