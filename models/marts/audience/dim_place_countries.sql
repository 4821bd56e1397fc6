with

countries as (

    select * from {{ ref('stg_soundcharts__country_points') }}

),

cities as (

    select * from {{ ref('stg_soundcharts__city_points') }}

),

named as (

    select
        upper(country_code) as country_code,
        country_name
    from countries

    union all

    select
        upper(country_code) as country_code,
        country_name
    from cities

),

-- one row per country; if two answers name it differently, the first name by the alphabet
described as (

    select
        country_code,
        coalesce(min(country_name), country_code) as country_name
    from named
    where country_code is not null
    group by country_code

)

select * from described
