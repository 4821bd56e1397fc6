-- What several answers or report versions say of the same days. API answers rule over reports
-- (int_audience_song_days_resolved).

with

report_versions as (

    select * from {{ ref('int_audience_report_versions_unioned') }}

),

song_points as (

    select * from {{ ref('int_audience_song_points_dated') }}
    where set_aside_reason is null

),

resolved_points as (

    select * from {{ ref('int_audience_song_points_resolved') }}

),

artist_points as (

    select * from {{ ref('int_audience_artist_points_dated') }}
    where set_aside_reason is null

),

place_points as (

    select * from {{ ref('int_audience_place_points_dated') }}
    where set_aside_reason is null

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
        0 as answer_page,
        observed_date,
        value
    from report_versions

    union all

    select
        'song:' || song_points.song_id as subject_id,
        song_points.metric_id,
        coalesce(song_points.identifier, '(total)') as counted,
        song_points.version_number,
        song_points.answer_page,
        song_points.observed_date,
        song_points.value
    from song_points
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
        artist_points.answer_page,
        artist_points.observed_date,
        artist_points.value
    from artist_points

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        {{ place_counted() }} as counted,
        version_number,
        answer_page,
        observed_date,
        value
    from place_points

)

select * from versions
