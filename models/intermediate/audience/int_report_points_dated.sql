-- A point dated later than the day after its load is a finding, and no observation.

with

report_points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

dated as (

    select
        report_songs.song_id,
        report_points._parent_row_id,
        report_points.observed_date,
        report_points.spotify_streams,
        report_points.spotify_popularity
    from report_points
    inner join report_songs on report_points._parent_row_id = report_songs._row_id
    left join loads on report_songs._load_id = loads._load_id
    where
        coalesce(
            {{ days_between('loads.started_date', 'report_points.observed_date') }} <= 1, true
        )

)

select * from dated
