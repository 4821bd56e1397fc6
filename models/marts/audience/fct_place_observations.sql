with

places as (

    select * from {{ ref('int_places_resolved') }}

),

observed as (

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
    from places

)

select * from observed
