-- On some platforms each identifier of a song is a sound or upload of its own, and they add up. One
-- that comes brings its value, and one that goes takes it: neither is growth, so `linked_value`
-- keeps the sum of both.

with

points as (

    select * from {{ ref('int_audience_song_points_resolved') }}
    where identifier is not null

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}
    where identifier_rule = 'sum'

),

gone as (

    select * from {{ ref('int_audience_song_identifier_ends_found') }}

),

followed as (

    select
        points.*,
        min(points.observed_date) over (
            partition by points.song_id, points.platform, points.series
        ) as first_date,
        lag(points.observed_date) over of_identifier as previous_date,
        lag(points.value) over of_identifier as previous_value
    from points
    inner join metric_names
        on points.series = metric_names.series and points.platform = metric_names.platform
    window
        of_identifier as (
            partition by points.song_id, points.platform, points.series, points.identifier
            order by points.observed_date
        )

),

moved as (

    select
        followed.song_id,
        followed.platform,
        followed.series,
        followed.observed_date,
        case
            when followed.previous_date is null or gone.seen_last_date is not null
                then followed.value
            else followed.value - followed.previous_value
        end as change,
        case
            when followed.observed_date = followed.first_date then 0
            when followed.previous_date is null or gone.seen_last_date is not null
                then followed.value
            else 0
        end as linked_change
    from followed
    left join gone
        on
            followed.song_id = gone.song_id
            and followed.platform = gone.platform
            and followed.series = gone.series
            and followed.identifier = gone.identifier
            and followed.previous_date = gone.seen_last_date

    union all

    select
        song_id,
        platform,
        series,
        gone_date as observed_date,
        -value as change,
        -value as linked_change
    from gone

),

-- one row per song, platform, series and day
summed as (

    select
        song_id,
        platform,
        series,
        observed_date,
        sum(sum(change)) over so_far as value,
        sum(sum(linked_change)) over so_far as linked_value
    from moved
    group by song_id, platform, series, observed_date
    window so_far as (partition by song_id, platform, series order by observed_date)

)

select * from summed
