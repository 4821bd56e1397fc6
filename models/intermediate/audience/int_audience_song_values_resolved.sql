-- Several identifiers of a song are one value a day. If what is followed changes, and no day shows
-- that both count the same, the difference is no growth: `linked_value` takes it.

-- a table: read by two models
{{ config(materialized='table') }}

with

counts as (

    select * from {{ ref('int_audience_song_counts_unioned') }}

),

alike as (

    select * from {{ ref('int_audience_song_counts_matched') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

stepped as (

    select
        *,
        lag(counted) over in_time as counted_before,
        lag(value) over in_time as value_before,
        lag(linked_value) over in_time as linked_value_before
    from counts
    window in_time as (partition by song_id, platform, series order by observed_date)

),

linked as (

    select
        stepped.song_id,
        stepped.platform || ':' || coalesce(metric_names.metric, stepped.series) as metric_id,
        stepped.observed_date,
        stepped.counted,
        stepped.value,
        sum(
            case
                when stepped.counted = stepped.counted_before
                    then stepped.linked_value - stepped.linked_value_before
                when stepped.counted <> stepped.counted_before and alike.song_id is null
                    then stepped.value - stepped.value_before
                else 0
            end
        ) over so_far as linked_value,
        -- a series begins with zeros if the source knew nothing yet
        max(stepped.value) over so_far = 0 as is_unknown
    from stepped
    left join alike
        on
            stepped.song_id = alike.song_id
            and stepped.platform = alike.platform
            and stepped.series = alike.series
            and stepped.counted = alike.counted
            and stepped.counted_before = alike.counted_before
    left join metric_names
        on stepped.series = metric_names.series and stepped.platform = metric_names.platform
    window
        so_far as (
            partition by stepped.song_id, stepped.platform, stepped.series
            order by stepped.observed_date
        )

)

select * from linked
