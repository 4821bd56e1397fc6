-- Every value that the API gives of an artist, with its metric and the version of its answer. The
-- paths of places give the world's value too, which counts on days for which the plain path has
-- none.

with

points as (

    select * from {{ ref('int_audience_artist_points_unioned') }}

),

pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

bounds as (

    select * from {{ ref('int_metrics_bounded') }}

),

-- one row per page; answers of one day and load are one version
versions as (

    select
        *,
        dense_rank() over (
            partition by artist_id, platform
            order by
                case when document like 'artist-local-%' then 0 else 1 end asc,
                {{ answer_order('last') }}
        ) as version_number,
        row_number() over (
            partition by artist_id, platform
            order by
                case when document like 'artist-local-%' then 0 else 1 end asc,
                {{ answer_order('last') }},
                _row_id
        ) as answer_page
    from pages

),

named as (

    select
        versions.artist_id,
        versions.platform,
        coalesce(
            points.series,
            case versions.document
                when 'artist-followers' then 'followers'
                when 'artist-local-followers' then 'followers'
                when 'artist-local-streaming' then 'listening'
                else replace(versions.document, 'artist-', '')
            end
        ) as series,
        points.observed_date,
        points.value,
        versions.version_number,
        versions.answer_page
    from points
    inner join versions on points._parent_row_id = versions._row_id
    left join loads on versions._load_id = loads._load_id
    where
        points.value is not null
        and {{ day_problem('points.observed_date', 'loads.started_date') }} is null

),

described as (

    select
        named.artist_id,
        named.platform || ':' || coalesce(metric_names.metric, named.series) as metric_id,
        named.observed_date,
        named.value,
        named.version_number,
        named.answer_page
    from named
    left join metric_names
        on named.series = metric_names.series and named.platform = metric_names.platform

),

checked as (

    select
        described.*,
        {{ value_problem('described.value') }} as set_aside_reason
    from described
    left join bounds on described.metric_id = bounds.metric_id

)

select * from checked
