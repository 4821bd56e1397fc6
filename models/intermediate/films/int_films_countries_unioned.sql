-- The seed knows all current codes and the former ones that TMDb has. A code that it lacks is kept,
-- without a continent.

with

known as (

    select * from {{ ref('country_continents') }}

),

countries as (

    select * from {{ ref('stg_tmdb__countries') }}

),

movie_countries as (

    select * from {{ ref('stg_tmdb__movie_countries') }}

),

companies as (

    select * from {{ ref('stg_tmdb__movie_companies') }}

),

mentioned as (

    select
        country_code,
        country_name
    from countries

    union distinct

    select
        country_code,
        country_name
    from movie_countries

    union distinct

    select
        country_code,
        cast(null as string) as country_name
    from companies

),

listed as (

    select
        country_code,
        min(country_name) as country_name
    from mentioned
    where country_code is not null
    group by country_code

),

-- one row per country that is in the seed or that anything names
united as (

    select
        coalesce(known.country_code, listed.country_code) as country_code,
        coalesce(known.country_name, listed.country_name, listed.country_code) as country_name,
        coalesce(known.continent, 'Unknown') as continent,
        known.successor_code,
        known.country_code is not null as is_known_country
    from known
    full join listed on known.country_code = listed.country_code

)

select * from united
