-- What each version of a song in the reports says of a day. Of two points of one record on one day
-- the larger value counts; if they contradict each other they are two versions, too.

with

versions as (

    select * from {{ ref('int_audience_song_versions_resolved') }}

),

report_points as (

    select * from {{ ref('int_audience_report_points_dated') }}

),

answered_songs as (

    select song_id
    from {{ ref('int_audience_song_values_resolved') }}
    where metric_id = 'spotify:streams' and not is_unknown
    group by song_id

),

-- with flags of the song, so that readers filter the few songs of several versions early
described as (

    select
        versions.*,
        answered_songs.song_id is not null as has_answers
    from versions
    left join answered_songs on versions.song_id = answered_songs.song_id

),

valued as (

    select
        described.song_id,
        described.version_number,
        described.has_versions,
        described.has_answers,
        report_points.metric_id,
        report_points.observed_date,
        report_points.value
    from report_points
    inner join described on report_points._parent_row_id = described._row_id
    where report_points.value is not null

),

-- one row per song, version, metric and day; a song of one version gives no day twice
version_days as (

    select
        *,
        value as lesser_value
    from valued
    where not has_versions

    union all

    select
        song_id,
        version_number,
        has_versions,
        has_answers,
        metric_id,
        observed_date,
        max(value) as value,
        min(value) as lesser_value
    from valued
    where has_versions
    group by song_id, version_number, has_versions, has_answers, metric_id, observed_date

)

select * from version_days
