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
        max(observed_date) as last_observed_date
    from report_points
    group by all

),

-- version_rank: higher wins; equal where reach and load are equal, and then the larger value wins
-- version_number: the same order without ties, for attributes, which have no larger or smaller
ranked as (

    select
        report_songs.song_id,
        report_songs._row_id,
        report_songs.title,
        report_songs.artist_credit,
        report_songs.image_url,
        report_songs.release_date,
        rank() over (
            partition by report_songs.song_id
            order by spans.last_observed_date nulls first, report_songs._load_id
        ) as version_rank,
        row_number() over (
            partition by report_songs.song_id
            order by
                spans.last_observed_date nulls first,
                report_songs._load_id,
                report_songs._row_id
        ) as version_number,
        count(*) over (partition by report_songs.song_id) > 1 as has_versions
    from report_songs
    left join spans on report_songs._row_id = spans._parent_row_id

)

select * from ranked
