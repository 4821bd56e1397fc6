-- Every value that the API gives of a place, with its metric and the version of its answer.

with

pages as (

    select * from {{ ref('stg_soundcharts__artist_pages') }}

),

cities as (

    select * from {{ ref('stg_soundcharts__city_points') }}

),

countries as (

    select * from {{ ref('stg_soundcharts__country_points') }}

),

metric_names as (

    select * from {{ ref('soundcharts_metrics') }}

),

-- one row per page; answers of one day and load are one version
versions as (

    select
        *,
        dense_rank() over (
            partition by artist_id, platform
            order by {{ answer_order('last') }}
        ) as version_number,
        row_number() over (
            partition by artist_id, platform
            order by {{ answer_order('last') }}, _row_id
        ) as answer_page
    from pages

),

points as (

    select
        _parent_row_id,
        _items_index,
        'city' as place_type,
        country_code,
        region,
        city_name,
        observed_date,
        place_value
    from cities

    union all

    select
        _parent_row_id,
        _items_index,
        'country' as place_type,
        country_code,
        cast(null as string) as region,
        cast(null as string) as city_name,
        observed_date,
        place_value
    from countries

),

-- a place without a name is blank, not null, so that it can be part of a key
dated as (

    select
        versions.artist_id,
        versions.platform || ':' || case
            when versions.document <> 'artist-local-streaming' then 'followers'
            else coalesce(metric_names.metric, 'listening')
        end as metric_id,
        points.place_type,
        coalesce(upper(points.country_code), '') as place_country,
        coalesce({{ folded_text('points.region') }}, '') as region_name,
        coalesce({{ folded_text('points.city_name') }}, '') as place_city,
        points.observed_date,
        versions.version_number,
        versions.answer_page,
        points._parent_row_id,
        points._items_index,
        -- a place that one day lists twice is two of one name, and counts with both
        cast(sum(points.place_value) as double) as value,
        count(*) as answer_count
    from points
    inner join versions on points._parent_row_id = versions._row_id
    left join metric_names
        on versions.platform = metric_names.platform and metric_names.series = 'listening'
    left join {{ ref('stg_load_audit__loads') }} as loads on versions._load_id = loads._load_id
    where
        points.place_value is not null
        and {{ day_problem('points.observed_date', 'loads.started_date') }} is null
    group by all

),

checked as (

    select
        dated.*,
        {{ value_problem('dated.value') }} as set_aside_reason
    from dated
    left join {{ ref('int_metrics_bounded') }} as bounds on dated.metric_id = bounds.metric_id

)

select * from checked
