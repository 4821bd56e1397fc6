-- Spotify's country is the sum of its listed cities, and a city that comes or goes is no growth of
-- the country: so a day of such a country says which cities it is made of. Nor is it growth if a
-- place is two of one name on one day, and one on the next.

-- a table: it is read three times
{{ config(materialized='table') }}

with

observations as (

    select * from {{ ref('fct_place_observations') }}

),

cities as (

    select * from {{ ref('int_country_cities_listed') }}

),

restatements as (

    select * from {{ ref('int_audience_restatements_found') }}

),

keyed as (

    select
        *,
        {{ place_counted() }} as counted,
        'artist:' || artist_id || '/'
        || concat_ws(
            '/',
            place_country,
            nullif(region_name, ''),
            -- a city without a name is not its country
            case when place_type = 'city' then coalesce(nullif(place_city, ''), '?') end
        ) as place_id
    from observations

),

listed as (

    select
        {{ series_key('keyed.place_id', 'keyed.metric_id') }} as series_id,
        keyed.artist_id,
        keyed.metric_id,
        keyed.place_type,
        keyed.place_country,
        keyed.region_name,
        keyed.place_city,
        keyed.place_id,
        keyed.observed_date,
        keyed.value,
        case
            when abs(cities.value - keyed.value) < 0.5 then cities.cities_key
            else keyed.answer_count
        end as cities_key,
        restatements.subject_id is not null as is_restated
    from keyed
    left join cities
        on
            keyed.place_type = 'country'
            and keyed.artist_id = cities.artist_id
            and keyed.metric_id = cities.metric_id
            and keyed.place_country = cities.place_country
            and keyed.observed_date = cities.observed_date
    left join restatements
        on
            'artist:' || keyed.artist_id = restatements.subject_id
            and keyed.metric_id = restatements.metric_id
            and keyed.counted = restatements.counted
            and keyed.observed_date = restatements.observed_date

)

select * from listed
