-- What the answer that a country's value is of lists of its cities: those of another answer are no
-- part of the value.

with

points as (

    select * from {{ ref('int_audience_place_points_dated') }}
    where set_aside_reason is null

),

countries as (

    select
        artist_id,
        metric_id,
        place_country,
        observed_date,
        max(version_number) as version_number
    from points
    where place_type = 'country'
    group by all

),

-- of a city that one answer gives twice the larger value counts
numbered as (

    select
        points.*,
        row_number() over (
            partition by
                points.artist_id, points.metric_id, points.place_country, points.region_name,
                points.place_city, points.observed_date
            order by points.value desc, points.answer_count desc
        ) as answer_number
    from points
    inner join countries
        on
            points.artist_id = countries.artist_id
            and points.metric_id = countries.metric_id
            and points.place_country = countries.place_country
            and points.observed_date = countries.observed_date
            and points.version_number = countries.version_number
    where points.place_type = 'city'

),

summed as (

    select
        artist_id,
        metric_id,
        place_country,
        observed_date,
        sum(value) as value,
        bit_xor({{ series_key(place_counted(), 'cast(answer_count as string)') }}) as cities_key
    from numbered
    where answer_number = 1
    group by all

)

select * from summed
