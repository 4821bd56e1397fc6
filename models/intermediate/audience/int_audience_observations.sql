with

song_days as (

    select * from {{ ref('int_song_days_resolved') }}

),

-- one row per song, metric and day; a day with streams but no popularity keeps its streams
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

)

select * from observations
