-- What is followed of a song on a platform, day by day: the sum of its identifiers, one identifier,
-- or the total of older answers on days without identifiers.

-- a table: it is stepped through twice
{{ config(materialized='table') }}

with

points as (

    select * from {{ ref('int_audience_song_points_resolved') }}

),

summed as (

    select * from {{ ref('int_audience_song_identifiers_aggregated') }}

),

followed as (

    select * from {{ ref('int_audience_song_identifiers_filtered') }}

),

identified_days as (

    select
        song_id,
        platform,
        series,
        observed_date
    from points
    where identifier is not null
    group by all

),

unioned as (

    select
        song_id,
        platform,
        series,
        observed_date,
        '(sum)' as counted,
        value,
        linked_value
    from summed

    union all

    select
        song_id,
        platform,
        series,
        observed_date,
        identifier as counted,
        value,
        cast(0 as double) as linked_value
    from followed

    union all

    select
        points.song_id,
        points.platform,
        points.series,
        points.observed_date,
        '(total)' as counted,
        points.value,
        cast(0 as double) as linked_value
    from points
    left join identified_days
        on
            points.song_id = identified_days.song_id
            and points.platform = identified_days.platform
            and points.series = identified_days.series
            and points.observed_date = identified_days.observed_date
    where points.identifier is null and identified_days.song_id is null

)

select * from unioned
