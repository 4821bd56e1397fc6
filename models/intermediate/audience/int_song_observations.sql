-- What is counted of songs. A day with streams but no popularity keeps its streams.

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

-- a day that only a report has keeps what identifiers of the API brought before it
filled as (

    select
        *,
        coalesce(
            last_value(streams_linked_value ignore nulls) over in_time, 0
        ) as streams_linked,
        coalesce(
            last_value(popularity_linked_value ignore nulls) over in_time, 0
        ) as popularity_linked
    from song_days
    window
        in_time as (
            partition by song_id
            order by observed_date
            rows between unbounded preceding and current row
        )

),

-- one row per song, metric and day
observations as (

    select
        song_id,
        'spotify:streams' as metric_id,
        observed_date,
        cast(spotify_streams as double) as value,
        streams_linked as linked_value
    from filled
    where spotify_streams is not null

    union all

    select
        song_id,
        'spotify:popularity' as metric_id,
        observed_date,
        cast(spotify_popularity as double) as value,
        popularity_linked as linked_value
    from filled
    where spotify_popularity is not null

    union all

    -- Spotify's two are in the song days
    select
        song_id,
        metric_id,
        observed_date,
        value,
        linked_value
    from song_values
    where metric_id not in ('spotify:streams', 'spotify:popularity') and not is_unknown

    union all

    select
        song_id,
        'spotify:chart_position' as metric_id,
        observed_date,
        cast(chart_position as double) as value,
        cast(0 as double) as linked_value
    from chart_days

    union all

    select
        song_id,
        'spotify:chart_count' as metric_id,
        observed_date,
        cast(chart_count as double) as value,
        cast(0 as double) as linked_value
    from chart_days

)

select * from observations
