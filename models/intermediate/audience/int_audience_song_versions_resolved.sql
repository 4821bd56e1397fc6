-- A song id may stand in several records: one report repeats it, the next report brings it again.
-- Which of two versions is to be believed is decided here, once, for values and attributes alike.

-- a table of few rows: to know the reach of each record takes all points
{{ config(materialized='table') }}

with

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

report_points as (

    select * from {{ ref('int_audience_report_points_dated') }}

),

-- one row per record that has points
spans as (

    select
        _parent_row_id,
        max(observed_date) as last_observed_date,
        max(value) as largest_value,
        count(distinct observed_date) filter (where metric_id = 'spotify:streams')
        < count(*) filter (where metric_id = 'spotify:streams') as repeats_days
    from report_points
    group by all

),

-- the highest number wins. If one load brings two versions, the one with the larger count was read
-- later. The two are never mixed
numbered as (

    select
        report_songs.song_id,
        report_songs._row_id,
        report_songs.title,
        report_songs.artist_credit,
        report_songs.image_url,
        report_songs.release_date,
        row_number() over (
            partition by report_songs.song_id
            order by
                spans.last_observed_date nulls first,
                report_songs._load_id,
                spans.largest_value nulls first,
                report_songs._row_id
        ) as version_number,
        count(*) over (partition by report_songs.song_id) > 1
        or coalesce(spans.repeats_days, false) as has_versions
    from report_songs
    left join spans on report_songs._row_id = spans._parent_row_id

)

select * from numbered
