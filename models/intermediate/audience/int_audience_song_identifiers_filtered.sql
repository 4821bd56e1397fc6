-- On other platforms the identifiers of a song show one common count, or count people who overlap,
-- so one of them is followed: the default one. While that goes on, another one replaces it
-- only on days on which it shows the same count.

with

points as (

    select * from {{ ref('int_audience_song_points_resolved') }}
    where identifier is not null

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

-- the default one first, then the largest
ranked as (

    select
        points.*,
        row_number() over (
            partition by
                points.song_id,
                points.platform,
                points.series,
                points.observed_date
            order by points.is_default desc, points.value desc, points.identifier asc
        ) as place
    from points
    left join metric_names
        on
            points.series = metric_names.series
            and points.platform = metric_names.platform
    where coalesce(metric_names.identifier_rule, 'default_else_max') = 'default_else_max'

),

surrounded as (

    select
        *,
        max(case when is_default then value end) over (
            partition by song_id, platform, series
            order by observed_date
            rows between unbounded preceding and current row
        ) as default_before,
        min(case when is_default then value end) over (
            partition by song_id, platform, series
            order by observed_date
            rows between current row and unbounded following
        ) as default_after
    from ranked
    where place = 1

),

-- one row per song, platform, series and day
followed as (

    select
        song_id,
        platform,
        series,
        observed_date,
        identifier,
        value
    from surrounded
    where
        is_default
        or default_before is null
        or default_after is null
        or value between default_before and default_after

)

select * from followed
