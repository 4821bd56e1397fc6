with

points as (

    select * from {{ ref('int_audience_place_points_dated') }}
    where set_aside_reason is null

),

-- a day that was asked for again is restated: the latest answer counts, then the larger value
numbered as (

    select
        *,
        row_number() over (
            partition by
                artist_id, metric_id, place_type, place_country, region_name, place_city,
                observed_date
            order by version_number desc, value desc, answer_count desc
        ) as answer_number
    from points

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
