-- A value that cannot be is refused by itself, before the versions of a day are compared: what an
-- older answer or a report says of the day counts, and this is a finding.

with

song_points as (

    select * from {{ ref('int_audience_song_points_dated') }}

),

artist_points as (

    select * from {{ ref('int_audience_artist_points_dated') }}

),

place_points as (

    select * from {{ ref('int_audience_place_points_dated') }}

),

report_points as (

    select * from {{ ref('stg_soundcharts__report_points') }}

),

report_songs as (

    select * from {{ ref('stg_soundcharts__report_songs') }}

),

bounds as (

    select * from {{ ref('int_metrics_bounded') }}
    where metric_id in ('spotify:streams', 'spotify:popularity')

),

-- one row per point of a report and metric
reported as (

    select
        report_points._parent_row_id,
        bounds.*,
        report_points.observed_date,
        cast(
            case bounds.metric_id
                when 'spotify:streams' then report_points.spotify_streams
                else report_points.spotify_popularity
            end as double
        ) as value
    from report_points
    cross join bounds

),

refused as (

    select
        'song:' || song_id as subject_id,
        metric_id,
        observed_date,
        value,
        set_aside_reason
    from song_points
    where set_aside_reason is not null

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        observed_date,
        value,
        set_aside_reason
    from artist_points
    where set_aside_reason is not null

    union all

    select
        'artist:' || artist_id as subject_id,
        metric_id,
        observed_date,
        value,
        set_aside_reason
    from place_points
    where set_aside_reason is not null

    union all

    select
        'song:' || report_songs.song_id as subject_id,
        reported.metric_id,
        reported.observed_date,
        reported.value,
        {{ value_problem('reported.value', 'reported') }} as set_aside_reason
    from reported
    inner join report_songs on reported._parent_row_id = report_songs._row_id
    where reported.value > reported.accepted_to

),

-- one row per value, however many answers give it
found as (

    select *
    from refused
    group by all

)

select * from found
