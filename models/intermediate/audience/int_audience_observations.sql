with

song_days as (

    select * from {{ ref('int_song_days_resolved') }}

),

song_values as (

    select * from {{ ref('int_song_values_resolved') }}

),

chart_days as (

    select * from {{ ref('int_chart_days_resolved') }}

),

artist_values as (

    select * from {{ ref('int_artist_values_resolved') }}

),

-- one row per subject, metric and day; a day with streams but no popularity keeps its streams
observations as (

    select
        'song:' || song_id as subject_id,
        'spotify:streams' as metric_id,
        observed_date,
        cast(spotify_streams as double) as value
    from song_days
    where spotify_streams is not null

    union all

    select
        'song:' || song_id as subject_id,
        'spotify:popularity' as metric_id,
        observed_date,
        cast(spotify_popularity as double) as value
    from song_days
    where spotify_popularity is not null

    union all

    -- Spotify's two stand in the song days
    select
        'song:' || song_id as subject_id,
        metric_id,
        observed_date,
        value
    from song_values
    where metric_id not in ('spotify:streams', 'spotify:popularity') and not is_unknown

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        observed_date,
        value
    from artist_values
    where not is_unknown

    union all

    select
        'song:' || song_id as subject_id,
        'spotify:chart_position' as metric_id,
        observed_date,
        cast(chart_position as double) as value
    from chart_days

    union all

    select
        'song:' || song_id as subject_id,
        'spotify:chart_count' as metric_id,
        observed_date,
        cast(chart_count as double) as value
    from chart_days

)

select * from observations
