-- What several answers or report versions say of the same days, for the metrics that cannot fall:
-- two that contradict each other are two scales. API answers rule over reports
-- (int_audience_song_days_resolved).

with

report_versions as (

    select * from {{ ref('int_audience_report_versions_unioned') }}

),

song_points as (

    select * from {{ ref('int_audience_song_points_dated') }}

),

resolved_points as (

    select * from {{ ref('int_audience_song_points_resolved') }}

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

-- one row per song, platform and series of which one answer gives two values of a day
repeated as (

    select
        song_id,
        platform,
        series
    from resolved_points
    where has_two_values
    group by song_id, platform, series

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
    left join repeated
        on
            song_points.song_id = repeated.song_id
            and song_points.platform = repeated.platform
            and song_points.series = repeated.series
    where song_points.has_several_answers or repeated.song_id is not null

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

-- one row per subject, metric, identifier, version and day
counted as (

    select
        versions.subject_id,
        versions.metric_id,
        versions.counted,
        versions.version_number,
        versions.observed_date,
        max(versions.value) as value,
        min(versions.value) as lesser_value,
        max(counters.correction_ratio) as correction_ratio
    from versions
    inner join counters on versions.metric_id = counters.metric_id
    group by all

),

with_two_values as (

    select
        subject_id,
        metric_id,
        counted,
        version_number
    from counted
    where lesser_value < value
    group by subject_id, metric_id, counted, version_number

),

-- an answer or record that gives two values of a day is two versions: the larger one counts
parted as (

    select
        subject_id,
        metric_id,
        counted,
        2 * version_number as version_number,
        observed_date,
        value,
        correction_ratio
    from counted

    union all

    select
        counted.subject_id,
        counted.metric_id,
        counted.counted,
        2 * counted.version_number - 1 as version_number,
        counted.observed_date,
        counted.lesser_value as value,
        counted.correction_ratio
    from counted
    inner join with_two_values
        on
            counted.subject_id = with_two_values.subject_id
            and counted.metric_id = with_two_values.metric_id
            and counted.counted = with_two_values.counted
            and counted.version_number = with_two_values.version_number

)

select * from parted
