-- A table, not a view: observations and tests read it, and settling the days is the one pass over
-- every point of an artist.
{{ config(materialized='table') }}

with

points as (

    select * from {{ ref('int_audience_artist_points_dated') }}
    where set_aside_reason is null

),

-- a day that was asked for again is restated: the latest answer counts, then the larger value
numbered as (

    select
        artist_id,
        metric_id,
        observed_date,
        value,
        row_number() over (
            partition by artist_id, metric_id, observed_date
            order by version_number desc, value desc
        ) as answer_number
    from points

),

-- one row per artist, metric and day; a series begins with zeros if the source knew nothing yet
resolved as (

    select
        artist_id,
        metric_id,
        observed_date,
        value,
        max(value) over (
            partition by artist_id, metric_id
            order by observed_date
            rows between unbounded preceding and current row
        ) = 0 as is_unknown
    from numbered
    where answer_number = 1

)

select * from resolved
