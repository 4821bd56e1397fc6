with

answered as (

    select * from {{ ref('int_audience_songs_latest') }}

),

songs as (

    select * from {{ ref('stg_soundcharts__songs') }}

),

features as (

    select
        answered.song_id,
        songs.acousticness,
        songs.danceability,
        songs.energy,
        songs.instrumentalness,
        songs.liveness,
        songs.speechiness,
        songs.valence,
        songs.loudness_decibels,
        songs.tempo_bpm,
        songs.pitch_class,
        songs.mode,
        songs.beats_per_bar
    from answered
    inner join songs on answered.answer_row_id = songs._row_id
    -- an answer without a description has no energy either
    where coalesce(songs.energy, songs.tempo_bpm, songs.danceability) is not null

)

select * from features
