-- Spotify's country is the sum of its listed cities, and a city that comes or goes is no growth of
-- the country: so a day of such a country says which cities it is made of.

-- a table: it is read for each window
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('fct_place_observations') }}

),

keyed as (

    select
        *,
        'artist:' || artist_id || '/'
        || concat_ws('/', place_country, nullif(region_name, ''), nullif(place_city, ''))
            as place_id
    from observations

),

-- one row per artist, metric, country and day
cities as (

    select
        artist_id,
        metric_id,
        place_country,
        observed_date,
        sum(value) as value,
        bit_xor({{ series_key('region_name', 'place_city') }}) as cities_key
    from keyed
    where place_type = 'city'
    group by all

),

listed as (

    select
        keyed.*,
        case when abs(cities.value - keyed.value) < 0.5 then cities.cities_key end as cities_key
    from keyed
    left join cities
        on
            keyed.place_type = 'country'
            and keyed.artist_id = cities.artist_id
            and keyed.metric_id = cities.metric_id
            and keyed.place_country = cities.place_country
            and keyed.observed_date = cities.observed_date

)

select * from listed
