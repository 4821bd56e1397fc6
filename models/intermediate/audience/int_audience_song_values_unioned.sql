with

song_days as (

    select * from {{ ref('int_audience_song_days_resolved') }}

),

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}

),

chart_days as (

    select * from {{ ref('int_audience_chart_days_resolved') }}

),

-- one row per song, metric and day
observations as (

    select
        song_id,
        metric_id,
        observed_date,
        value,
        linked_value
    from song_days

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
    -- null if it cannot be a place
    where chart_position is not null

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
