-- Several identifiers of a song become one value a day. Spotify shows one common count on linked
-- versions, so their sum would count it twice, and a missing one would look like a halving; a
-- sound on TikTok counts for itself: soundcharts_metrics says which. A table, read by two models.
{{ config(materialized='table') }}

with

points as (

    select * from {{ ref('int_song_points_resolved') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

-- what an identifier adds since it was seen last: one that is missing on a day keeps its value
changed as (

    select
        *,
        value - coalesce(
            lag(value) over (
                partition by song_id, platform, series, identifier
                order by observed_date
            ),
            0
        ) as change
    from points

),

days as (

    select
        song_id,
        platform,
        series,
        observed_date,
        max(value) filter (where is_default) as default_value,
        max(value) filter (where identifier is not null) as largest_value,
        sum(change) filter (where identifier is not null) as change,
        max(value) filter (where identifier is null) as summed_value
    from changed
    group by all

),

surrounded as (

    select
        *,
        sum(change) over up_to as total_value,
        max(default_value) over up_to as default_before,
        min(default_value) over from_there as default_after
    from days
    window
        up_to as (
            partition by song_id, platform, series
            order by observed_date
            rows between unbounded preceding and current row
        ),
        from_there as (
            partition by song_id, platform, series
            order by observed_date
            rows between current row and unbounded following
        )

),

-- like with like: while the default identifier goes on, another one stands in for it on a day only
-- where it shows the same count
ruled as (

    select
        surrounded.song_id,
        surrounded.platform || ':'
        || coalesce(metric_names.metric, surrounded.series) as metric_id,
        surrounded.observed_date,
        case
            when surrounded.change is null then surrounded.summed_value
            when metric_names.identifier_rule = 'sum' then surrounded.total_value
            when surrounded.default_value is not null then surrounded.default_value
            when
                surrounded.default_before is null
                or surrounded.default_after is null
                or surrounded.largest_value
                between surrounded.default_before and surrounded.default_after
                then surrounded.largest_value
        end as value
    from surrounded
    left join metric_names
        on
            surrounded.series = metric_names.series
            and surrounded.platform = metric_names.platform

),

-- a series begins with zeros where the source knew nothing yet
resolved as (

    select
        song_id,
        metric_id,
        observed_date,
        value,
        max(value) over (
            partition by song_id, metric_id
            order by observed_date
            rows between unbounded preceding and current row
        ) = 0 as is_unknown
    from ruled
    where value is not null

)

select * from resolved
