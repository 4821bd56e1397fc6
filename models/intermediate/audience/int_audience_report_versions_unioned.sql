-- Reports and the API cover the same days; the API wins (int_audience_song_days_resolved), so it
-- is the highest version. A record that gives a day twice has two rows for it.

with

report_days as (

    select * from {{ ref('int_audience_report_days_aggregated') }}

),

song_values as (

    select * from {{ ref('int_audience_song_values_resolved') }}
    where metric_id in ('spotify:streams', 'spotify:popularity') and not is_unknown

),

versions as (

    select
        'song:' || song_id as subject_id,
        metric_id,
        '(report)' as counted,
        version_number,
        observed_date,
        value
    from report_days
    where has_versions or has_answers

    union all

    select
        'song:' || song_id as subject_id,
        metric_id,
        '(report)' as counted,
        version_number,
        observed_date,
        lesser_value as value
    from report_days
    where has_versions and lesser_value < value

    union all

    select
        'song:' || song_id as subject_id,
        metric_id,
        '(report)' as counted,
        -- above that of any report
        1000000000 as version_number,
        observed_date,
        value
    from song_values

)

select * from versions
