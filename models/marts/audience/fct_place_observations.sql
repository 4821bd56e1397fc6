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
named as (

    select
        pages.artist_id,
        pages.platform || ':' || case
            when pages.document <> 'artist-local-streaming' then 'followers'
            else coalesce(metric_names.metric, 'listening')
        end as metric_id,
        points.place_type,
        coalesce(points.country_code, '') as place_country,
        coalesce(points.region, '') as region_name,
        coalesce(points.city_name, '') as place_city,
        points.observed_date,
        pages.extracted_date,
        pages._load_id,
        points._parent_row_id,
        points._items_index,
        -- a place that one day lists twice is two of one name, and counts with both
        cast(sum(points.place_value) as double) as value,
        count(*) as answer_count
    from points
    inner join pages on points._parent_row_id = pages._row_id
    left join metric_names
        on pages.platform = metric_names.platform and metric_names.series = 'listening'
    left join {{ ref('stg_load_audit__loads') }} as loads on pages._load_id = loads._load_id
    where
        points.place_value is not null
        and {{ day_problem('points.observed_date', 'loads.started_date') }} is null
    group by all

),

numbered as (

    select
        *,
        row_number() over (
            partition by
                artist_id, metric_id, place_type, place_country, region_name, place_city,
                observed_date
            order by {{ answer_order(ties=['value', 'answer_count']) }}
        ) as answer_number
    from named

),

latest as (

    select
        artist_id,
        metric_id,
        place_type,
        place_country,
        region_name,
        place_city,
        observed_date,
        value,
        answer_count
    from numbered
    where answer_number = 1

)

select * from latest
