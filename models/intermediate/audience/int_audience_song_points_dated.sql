-- Every value that the API gives of a song, with the version of its answer: the latest one counts.

with

pages as (

    select * from {{ ref('stg_soundcharts__song_audience_pages') }}

),

days as (

    select * from {{ ref('stg_soundcharts__song_audience_days') }}

),

points as (

    select * from {{ ref('stg_soundcharts__song_audience_points') }}

),

loads as (

    select * from {{ ref('stg_load_audit__loads') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

bounds as (

    select * from {{ ref('int_metrics_bounded') }}

),

-- one row per page; answers of one day and load are one version
versions as (

    select
        *,
        dense_rank() over (
            partition by asked_uuid, platform, document
            order by {{ answer_order('last') }}
        ) as version_number,
        row_number() over (
            partition by asked_uuid, platform, document
            order by {{ answer_order('last') }}, _row_id
        ) as answer_page,
        min(_load_id) over answered < max(_load_id) over answered
        or min(extracted_date) over answered < max(extracted_date) over answered
            as has_several_answers
    from pages
    window answered as (partition by asked_uuid, platform, document)

),

-- older answers have one value for all identifiers, their sum
valued as (

    select
        days._parent_row_id,
        days.observed_date,
        points.identifier,
        case
            when points._items_index is null then days.summed_value else points.identifier_value
        end as value
    from days
    left join points
        on days._parent_row_id = points._parent_row_id and days._index = points._items_index

),

dated as (

    select
        versions.asked_uuid as song_id,
        versions.platform,
        replace(versions.document, 'song-', '') as series,
        valued.identifier,
        valued.observed_date,
        cast(valued.value as double) as value,
        versions.version_number,
        versions.answer_page,
        coalesce(versions.has_several_answers, false) as has_several_answers
    from valued
    inner join versions on valued._parent_row_id = versions._row_id
    left join loads on versions._load_id = loads._load_id
    where
        valued.value is not null
        and {{ day_problem('valued.observed_date', 'loads.started_date') }} is null

),

named as (

    select
        dated.*,
        dated.platform || ':' || coalesce(metric_names.metric, dated.series) as metric_id
    from dated
    left join metric_names
        on dated.series = metric_names.series and dated.platform = metric_names.platform

),

checked as (

    select
        named.*,
        {{ value_problem('named.value') }} as set_aside_reason
    from named
    left join bounds on named.metric_id = bounds.metric_id

)

select * from checked
