-- What several answers or report versions say of the same days, for the metrics that cannot fall:
-- two that contradict each other are two scales. API answers rule over reports
-- (int_audience_song_days_resolved).

with

report_versions as (

    select * from {{ ref('int_audience_report_versions_unioned') }}

),

song_points as (

    select * from {{ ref('int_audience_song_points_dated') }}
    where has_several_answers

),

artist_points as (

    select * from {{ ref('int_audience_artist_points_dated') }}

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

versions as (

    select
        subject_id,
        metric_id,
        counted,
        version_number,
        observed_date,
        value
    from report_versions

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
