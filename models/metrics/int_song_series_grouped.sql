with

series as (

    select * from {{ ref('dim_series') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

platforms as (

    select * from {{ ref('dim_platforms') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

credits as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

song_series as (

    select
        series.series_id,
        songs.song_id,
        metrics.platform,
        songs.is_primary_recording,
        metrics.min_base,
        metrics.add_over_platform <> 'never' as is_additive
    from series
    inner join songs on series.subject_id = songs.subject_id
    inner join metrics on series.metric_id = metrics.metric_id

),

-- a song of several artists counts in full for each of them
grouped as (

    select
        song_series.series_id,
        artists.subject_id as subject,
        'artist' as subject_type,
        artists.artist_name as name,
        song_series.min_base,
        song_series.is_primary_recording,
        song_series.is_additive
    from song_series
    inner join credits on song_series.song_id = credits.song_id
    inner join artists on credits.artist_id = artists.artist_id

    union all

    select
        song_series.series_id,
        'platform:' || platforms.platform as subject,
        'platform' as subject_type,
        platforms.platform_name as name,
        song_series.min_base,
        song_series.is_primary_recording,
        song_series.is_additive
    from song_series
    inner join platforms on song_series.platform = platforms.platform

)

select * from grouped
