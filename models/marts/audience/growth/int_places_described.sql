-- Places are listed weekly by one platform, monthly by another, and only the largest of them. So
-- they are no series of the spine, whose rules rest on a rhythm of days: they have their own, taken
-- from the days on which an artist's places were listed. docs/method.md, Places.

-- a table: it is read for each window
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('int_place_days_listed') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

countries as (

    select * from {{ ref('dim_place_countries') }}

),

metrics as (

    select * from {{ ref('dim_metrics') }}

),

platforms as (

    select * from {{ ref('platform_completeness') }}

),

rhythms as (

    select * from {{ ref('int_place_rhythms_measured') }}

),

places as (

    select
        artist_id,
        metric_id,
        place_type,
        place_country,
        region_name,
        place_city,
        place_id
    from observations
    group by all

),

described as (

    select
        places.*,
        artists.artist_name as artist_credit,
        metrics.platform,
        metrics.metric,
        metrics.unit,
        metrics.kind,
        metrics.min_base,
        platforms.complete_through_date,
        coalesce(rhythms.cadence_days, metrics.cadence_days) as cadence_days,
        -- a list may be three days late, as a value of every day may
        greatest(coalesce(rhythms.cadence_days, 0) + 3, metrics.max_age_days) as max_age_days,
        case
            when places.place_type = 'country'
                then coalesce(countries.country_name, places.place_country)
            else concat_ws(
                ', ',
                coalesce(nullif(places.place_city, ''), '?'),
                nullif(places.region_name, ''),
                places.place_country
            )
        end as name
    from places
    inner join rhythms
        on
            places.artist_id = rhythms.artist_id
            and places.metric_id = rhythms.metric_id
            and places.place_type = rhythms.place_type
    inner join artists on places.artist_id = artists.artist_id
    inner join metrics on places.metric_id = metrics.metric_id
    inner join platforms on metrics.platform = platforms.platform
    left join countries on places.place_country = countries.country_code

)

select * from described
