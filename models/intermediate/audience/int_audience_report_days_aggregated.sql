-- What each version of a song in the reports says of a day. Of two points of one record on one day
-- the larger value counts; if they contradict each other they are two versions, too.

with

versions as (

    select * from {{ ref('int_audience_song_versions_resolved') }}

),

metrics as (

    select
        'spotify:streams' as metric_id,
        true as is_streams

    union all

    select
        'spotify:popularity' as metric_id,
        false as is_streams

),

answered_songs as (

    select song_id
    from {{ ref('int_audience_song_values_resolved') }}
    where metric_id in ('spotify:streams', 'spotify:popularity') and not is_unknown
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

-- one row per song, metric and day, of songs of which no day is given twice
single_days as (

    select
        described.song_id,
        described.version_number,
        described.has_versions,
        described.has_answers,
        metrics.metric_id,
        report_points.observed_date,
        case
            when metrics.is_streams then report_points.streams
            else report_points.popularity
        end as value
    from {{ ref('int_audience_report_points_dated') }} as report_points
    inner join described on report_points._parent_row_id = described._row_id
    cross join metrics
    where not described.has_versions

),

-- one row per song, version, metric and day of the others
several_days as (

    select
        described.song_id,
        described.version_number,
        described.has_versions,
        described.has_answers,
        metrics.metric_id,
        report_points_again.observed_date,
        max(
            case
                when metrics.is_streams then report_points_again.streams
                else report_points_again.popularity
            end
        ) as value,
        min(
            case
                when metrics.is_streams then report_points_again.streams
                else report_points_again.popularity
            end
        ) as lesser_value
    -- once more, so that no engine holds all points for two readers
    from {{ ref('int_audience_report_points_dated') }} as report_points_again
    inner join described on report_points_again._parent_row_id = described._row_id
    cross join metrics
    where described.has_versions
    group by all

),

version_days as (

    select
        *,
        value as lesser_value
    from single_days

    union all

    select * from several_days

),

valued as (

    select * from version_days
    where value is not null

)

select * from valued
