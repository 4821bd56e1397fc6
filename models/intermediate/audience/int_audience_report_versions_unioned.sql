-- Reports and the API cover the same days; the API wins (int_audience_song_days_resolved), so it
-- is the highest version.

with

report_days as (

    select * from {{ ref('int_audience_report_days_aggregated') }}

),

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}
    where metric_id = 'spotify:streams' and not is_unknown

),

answered_songs as (

    select song_id
    from song_values
    group by song_id

),

versions as (

    select
        'song:' || report_days.song_id as subject_id,
        report_days.metric_id,
        '(report)' as counted,
        report_days.version_rank as version_number,
        report_days.observed_date,
        report_days.value
    from report_days
    left join answered_songs on report_days.song_id = answered_songs.song_id
    where
        report_days.metric_id = 'spotify:streams'
        and (report_days.has_versions or answered_songs.song_id is not null)

    union all

    select
        'song:' || song_values.song_id as subject_id,
        song_values.metric_id,
        '(report)' as counted,
        -- above the rank of any report
        1000000000 as version_number,
        song_values.observed_date,
        song_values.value
    from song_values

)

select * from versions
