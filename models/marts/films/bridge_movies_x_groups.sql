-- What a film counts for, each time by the weight of the link, so that no total has a film twice.

with

genres as (

    select * from {{ ref('bridge_movies_x_genres') }}

),

companies as (

    select * from {{ ref('bridge_movies_x_companies') }}

),

countries as (

    select * from {{ ref('bridge_movies_x_countries') }}

),

known_countries as (

    select * from {{ ref('dim_countries') }}

),

languages as (

    select * from {{ ref('bridge_movies_x_languages') }}

),

-- one row per film and continent; a film of two of its countries is of it once
continents as (

    select
        countries.movie_id,
        known_countries.continent,
        sum(countries.weight) as weight
    from countries
    inner join known_countries on countries.country_code = known_countries.country_code
    group by countries.movie_id, known_countries.continent

),

-- one row per film and group
grouped as (

    select
        movie_id,
        'genre:film-' || cast(film_genre_id as string) as group_id,
        'genre' as group_type,
        weight
    from genres

    union all

    select
        movie_id,
        'company:' || cast(company_id as string) as group_id,
        'company' as group_type,
        weight
    from companies

    union all

    select
        movie_id,
        'country:' || country_code as group_id,
        'country' as group_type,
        weight
    from countries

    union all

    select
        movie_id,
        'continent:' || continent as group_id,
        'continent' as group_type,
        weight
    from continents

    union all

    select
        movie_id,
        'language:' || film_language_code as group_id,
        'language' as group_type,
        weight
    from languages

)

select * from grouped
