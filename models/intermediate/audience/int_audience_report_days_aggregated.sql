-- What each version of a song in the reports says of a day. Of versions of equal rank, and of two
-- points of one record on one day, the larger value counts.

with

versions as (

    select * from {{ ref('int_audience_song_versions_resolved') }}

),

report_points as (

    select * from {{ ref('int_audience_report_points_dated') }}

),

-- one row per song, rank, metric and day
rank_days as (

    select
        versions.song_id,
        versions.version_rank,
        versions.has_versions,
        report_points.metric_id,
        report_points.observed_date,
        max(report_points.value) as value
    from report_points
    inner join versions on report_points._parent_row_id = versions._row_id
    where report_points.value is not null
    group by all

)

select * from rank_days
