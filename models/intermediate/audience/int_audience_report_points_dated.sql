-- A point of a day that cannot be is a finding, and no observation; so is a value that cannot be.

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

bounds as (

    select * from {{ ref('int_metrics_bounded') }}

),

-- one row; a report holds no number below zero
limits as (

    select
        max(accepted_to) filter (where metric_id = 'spotify:streams') as most_streams,
        max(accepted_to) filter (where metric_id = 'spotify:popularity') as most_popularity
    from bounds

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
        case
            when report_points.spotify_streams <= limits.most_streams
                then cast(report_points.spotify_streams as double)
        end as streams,
        case
            when report_points.spotify_popularity <= limits.most_popularity
                then cast(report_points.spotify_popularity as double)
        end as popularity
    from report_points
    inner join records on report_points._parent_row_id = records._row_id
    cross join limits
    where {{ day_problem('report_points.observed_date', 'records.started_date') }} is null

)

select * from dated
