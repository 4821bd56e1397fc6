-- Two identifiers of a song count the same if they are within a correction of each other on some
-- day.

with

counts as (

    select * from {{ ref('int_audience_song_counts_unioned') }}

),

points as (

    select * from {{ ref('int_audience_song_points_resolved') }}

),

stepped as (

    select
        *,
        lag(counted) over in_time as counted_before
    from counts
    window in_time as (partition by song_id, platform, series order by observed_date)

),

switches as (

    select
        song_id,
        platform,
        series,
        counted,
        counted_before
    from stepped
    where counted <> counted_before
    group by all

),

switched as (

    select
        song_id,
        platform,
        series
    from switches
    group by all

),

-- each value and its identifier, if the identifier of the series changes
shown as (

    select
        counts.song_id,
        counts.platform,
        counts.series,
        counts.observed_date,
        counts.counted,
        counts.value
    from counts
    inner join switched
        on
            counts.song_id = switched.song_id
            and counts.platform = switched.platform
            and counts.series = switched.series

    union distinct

    select
        points.song_id,
        points.platform,
        points.series,
        points.observed_date,
        coalesce(points.identifier, '(total)') as counted,
        points.value
    from points
    inner join switched
        on
            points.song_id = switched.song_id
            and points.platform = switched.platform
            and points.series = switched.series

),

-- within a correction of each other on some day
alike as (

    select
        switches.song_id,
        switches.platform,
        switches.series,
        switches.counted,
        switches.counted_before
    from switches
    inner join shown as here
        on
            switches.song_id = here.song_id
            and switches.platform = here.platform
            and switches.series = here.series
            and switches.counted = here.counted
    inner join shown as there
        on
            switches.song_id = there.song_id
            and switches.platform = there.platform
            and switches.series = there.series
            and switches.counted_before = there.counted
            and here.observed_date = there.observed_date
    where abs(here.value - there.value) <= 0.01 * greatest(here.value, there.value)
    group by all

)

select * from alike
