-- A point of a day that cannot be is a finding, and no observation.

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

-- joined first, as points are many
records as (

    select
        report_songs.song_id,
        report_songs._row_id,
        loads.started_date
    from report_songs
    left join loads on report_songs._load_id = loads._load_id

),

-- one row per point; it may lack one of the two values
dated as (

    select
        records.song_id,
        report_points._parent_row_id,
        report_points.observed_date,
        cast(report_points.spotify_streams as double) as streams,
        cast(report_points.spotify_popularity as double) as popularity
    from report_points
    inner join records on report_points._parent_row_id = records._row_id
    where {{ day_problem('report_points.observed_date', 'records.started_date') }} is null

)

select * from dated
