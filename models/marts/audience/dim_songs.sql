with

songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

song_days as (

    select * from {{ ref('int_audience_song_days_resolved') }}

),

answered as (

    select * from {{ ref('int_audience_songs_latest') }}

),

answers as (

    select * from {{ ref('stg_soundcharts__songs') }}

),

recordings as (

    select * from {{ ref('int_audience_recordings_resolved') }}

),

-- one row per song that has points
coverage as (

    select
        song_id,
        count(*) filter (where metric_id = 'spotify:streams') as streams_day_count,
        count(*) filter (where metric_id = 'spotify:popularity') as popularity_day_count,
        max(observed_date) filter (where metric_id = 'spotify:streams') as last_streams_date
    from song_days
    group by song_id

),

-- the id that goes on longest stands for its recording, so that a total does not end with a twin
-- that was given up; then the one with the most days
ranked as (

    select
        recordings.song_id,
        recordings.recording_id,
        coverage.streams_day_count,
        coverage.popularity_day_count,
        row_number() over (
            partition by recordings.recording_id
            order by
                coverage.last_streams_date desc nulls last,
                coverage.streams_day_count desc nulls last,
                recordings.song_id asc
        ) as recording_rank,
        count(*) over (partition by recordings.recording_id) as recording_song_count
    from recordings
    left join coverage on recordings.song_id = coverage.song_id

),

described as (

    select
        songs.song_id,
        'song:' || songs.song_id as subject_id,
        ranked.recording_id,
        songs.title,
        songs.artist_credit,
        songs.isrc,
        answers.language_code,
        answers.distributor,
        answers.copyright_line,
        songs.image_url,
        songs.version_count,
        answers.duration_seconds,
        answers.is_explicit,
        ranked.recording_rank = 1 as is_primary_recording,
        ranked.recording_song_count > 1 as has_twin,
        songs.release_date is not null as has_release_date,
        coalesce(ranked.streams_day_count, 0) > 0 as has_streams,
        coalesce(ranked.popularity_day_count, 0) > 0 as has_popularity,
        songs.release_date
    from songs
    inner join ranked on songs.song_id = ranked.song_id
    left join answered on songs.song_id = answered.song_id
    left join answers on answered.answer_row_id = answers._row_id

)

select * from described
