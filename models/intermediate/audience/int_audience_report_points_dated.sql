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

-- one row per point and metric; a point may lack one of the two values
valued as (

    select
        _parent_row_id,
        'spotify:streams' as metric_id,
        observed_date,
        cast(spotify_streams as double) as value
    from report_points

    union all

    select
        _parent_row_id,
        'spotify:popularity' as metric_id,
        observed_date,
        cast(spotify_popularity as double) as value
    from report_points

),

dated as (

    select
        report_songs.song_id,
        valued._parent_row_id,
        valued.metric_id,
        valued.observed_date,
        valued.value
    from valued
    inner join report_songs on valued._parent_row_id = report_songs._row_id
    left join loads on report_songs._load_id = loads._load_id
    where {{ day_problem('valued.observed_date', 'loads.started_date') }} is null

)

select * from dated
