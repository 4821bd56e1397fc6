with

countries as (

    select * from {{ ref('int_films_countries_unioned') }}

),

named as (

    select
        country_code,
        'country:' || country_code as subject_id,
        country_name,
        continent,
        successor_code,
        successor_code is not null as is_former,
        is_known_country
    from countries

)

select * from named
