-- An identifier that adds to a sum is known as long as its last value is not too old. It goes on
-- the first day after that on which others are observed.

with

points as (

    select * from {{ ref('int_audience_song_points_resolved') }}
    where identifier is not null

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

metric_catalog as (

    select * from {{ ref('metric_catalog') }}

),

followed as (

    select
        points.*,
        coalesce(metric_catalog.max_age_days, 3) as max_age_days,
        lead(points.observed_date) over of_identifier as next_date
    from points
    inner join metric_names
        on
            points.series = metric_names.series
            and points.platform = metric_names.platform
            and metric_names.identifier_rule = 'sum'
    left join metric_catalog
        on
            metric_names.platform = metric_catalog.platform
            and metric_names.metric = metric_catalog.metric
    window
        of_identifier as (
            partition by points.song_id, points.platform, points.series, points.identifier
            order by points.observed_date
        )

),

days as (

    select
        song_id,
        platform,
        series,
        observed_date
    from followed
    group by all

),

-- one row per identifier and last day before it is too old to be known on a day that others have
gone as (

    select
        followed.song_id,
        followed.platform,
        followed.series,
        followed.identifier,
        followed.observed_date as seen_last_date,
        followed.value,
        min(days.observed_date) as gone_date
    from followed
    inner join days
        on
            followed.song_id = days.song_id
            and followed.platform = days.platform
            and followed.series = days.series
            and {{ days_between('followed.observed_date', 'days.observed_date') }}
            > followed.max_age_days
            and days.observed_date < coalesce(followed.next_date, date '9999-12-31')
    where
        followed.next_date is null
        or {{ days_between('followed.observed_date', 'followed.next_date') }}
        > followed.max_age_days
    group by all

)

select * from gone
