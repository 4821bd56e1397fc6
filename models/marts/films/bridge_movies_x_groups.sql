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

linked as (

    select
        movie_id,
        'genre' as group_type,
        'genre:film-' || cast(film_genre_id as string) as group_id,
        weight
    from genres

    union all

    select
        movie_id,
        'company' as group_type,
        'company:' || cast(company_id as string) as group_id,
        weight
    from companies

    union all

    select
        movie_id,
        'country' as group_type,
        'country:' || country_code as group_id,
        weight
    from countries

    union all

    select
        countries.movie_id,
        'continent' as group_type,
        'continent:' || known_countries.continent as group_id,
        countries.weight
    from countries
    inner join known_countries on countries.country_code = known_countries.country_code

    union all

    select
        movie_id,
        'language' as group_type,
        'language:' || film_language_code as group_id,
        weight
    from languages

),

-- one row per film and group; a film of two countries of one continent is of it once
grouped as (

    select
        movie_id,
        group_id,
        group_type,
        sum(weight) as weight
    from linked
    group by movie_id, group_id, group_type

)

select * from grouped
