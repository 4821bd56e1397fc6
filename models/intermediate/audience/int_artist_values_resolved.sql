-- A table, not a view: observations and tests read it, and settling the days is the one pass over
-- every point of an artist.
{{ config(materialized='table') }}

with

points as (

    select * from {{ ref('int_artist_points_unioned') }}

),

pages as (

    select * from {{ ref('int_artist_pages_unioned') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

-- the paths of places give the world's value too, which counts where the plain path has none
named as (

    select
        pages.artist_id,
        pages.platform,
        coalesce(
            points.series,
            case pages.document
                when 'artist-followers' then 'followers'
                when 'artist-local-followers' then 'followers'
                when 'artist-local-streaming' then 'listening'
                else replace(pages.document, 'artist-', '')
            end
        ) as series,
        points.observed_date,
        points.value,
        pages.document like 'artist-local-%' as is_place_path,
        pages.extracted_date,
        pages._load_id
    from points
    inner join pages on points._parent_row_id = pages._row_id
    where points.value is not null

),

-- a day that was asked for again is restated: the latest answer counts, then the larger value
numbered as (

    select
        artist_id,
        platform,
        series,
        observed_date,
        value,
        row_number() over (
            partition by artist_id, platform, series, observed_date
            order by
                is_place_path asc,
                extracted_date desc nulls last,
                _load_id desc,
                value desc
        ) as answer_number
    from named

),

-- one row per artist, metric and day; a series begins with zeros where the source knew nothing yet
resolved as (

    select
        numbered.artist_id,
        numbered.platform || ':' || coalesce(metric_names.metric, numbered.series) as metric_id,
        numbered.observed_date,
        numbered.value,
        max(numbered.value) over (
            partition by numbered.artist_id, numbered.platform, numbered.series
            order by numbered.observed_date
            rows between unbounded preceding and current row
        ) = 0 as is_unknown
    from numbered
    left join metric_names
        on numbered.series = metric_names.series and numbered.platform = metric_names.platform
    where numbered.answer_number = 1

)

select * from resolved
