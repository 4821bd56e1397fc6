-- What several answers or report versions say of the same days, for the metrics that cannot fall: two
-- that contradict each other are two scales. API answers rule over reports (int_song_days_resolved).

with

report_days as (

    select * from {{ ref('int_report_days_ranked') }}

),

song_values as (

    select * from {{ ref('int_song_values_resolved') }}
    where metric_id = 'spotify:streams' and not is_unknown

),

song_points as (

    select * from {{ ref('int_song_points_dated') }}
    where has_versions

),

artist_points as (

    select * from {{ ref('int_artist_points_named') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

counters as (

    select
        platform || ':' || metric as metric_id,
        correction_ratio
    from {{ ref('metric_catalog') }}
    where correction_ratio is not null

),

answered_songs as (

    select song_id
    from song_values
    group by song_id

),

versions as (

    select
        'song:' || report_days.song_id as subject_id,
        'spotify:streams' as metric_id,
        '(report)' as counted,
        report_days.version_rank as version_number,
        report_days.observed_date,
        cast(report_days.spotify_streams as double) as value
    from report_days
    left join answered_songs on report_days.song_id = answered_songs.song_id
    where
        report_days.spotify_streams is not null
        and (report_days.has_versions or answered_songs.song_id is not null)

    union all

    select
        'song:' || song_values.song_id as subject_id,
        song_values.metric_id,
        '(report)' as counted,
        -- above the rank of any report
        1000000000 as version_number,
        song_values.observed_date,
        song_values.value
    from song_values

    union all

    select
        'song:' || song_points.song_id as subject_id,
        song_points.platform || ':' || coalesce(metric_names.metric, song_points.series)
            as metric_id,
        coalesce(song_points.identifier, '(total)') as counted,
        song_points.version_number,
        song_points.observed_date,
        song_points.value
    from song_points
    left join metric_names
        on
            song_points.series = metric_names.series
            and song_points.platform = metric_names.platform

    union all

    select
        'artist:' || artist_points.artist_id as subject_id,
        artist_points.metric_id,
        '(account)' as counted,
        artist_points.version_number,
        artist_points.observed_date,
        artist_points.value
    from artist_points

),

-- one row per subject, metric, identifier, version and day; of two values the larger counts
counted as (

    select
        versions.subject_id,
        versions.metric_id,
        versions.counted,
        versions.version_number,
        versions.observed_date,
        max(versions.value) as value,
        max(counters.correction_ratio) as correction_ratio
    from versions
    inner join counters on versions.metric_id = counters.metric_id
    group by all

)

select * from counted
