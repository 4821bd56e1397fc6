-- For recommending films: what is known of a film before anybody has seen it. No popularity, votes
-- or revenue, which come after the ratings that a model is to foretell. Ratings join by movie_id or
-- imdb_id.

with

movies as (

    select * from {{ ref('dim_movies') }}

),

genre_links as (

    select * from {{ ref('bridge_movies_x_genres') }}

),

genres as (

    select * from {{ ref('dim_film_genres') }}

),

country_links as (

    select * from {{ ref('bridge_movies_x_countries') }}

),

countries as (

    select * from {{ ref('dim_countries') }}

),

credits as (

    select * from {{ ref('bridge_movies_x_persons') }}

),

persons as (

    select * from {{ ref('dim_persons') }}

),

film_genres as (

    select
        genre_links.movie_id,
        {{ dbt.listagg('genres.genre_name', "'|'", 'order by genres.genre_name') }} as genre_names
    from genre_links
    inner join genres on genre_links.film_genre_id = genres.film_genre_id
    group by genre_links.movie_id

),

film_countries as (

    select
        country_links.movie_id,
        {{ dbt.listagg('countries.country_name', "'|'", 'order by countries.country_name') }}
            as country_names
    from country_links
    inner join countries on country_links.country_code = countries.country_code
    where countries.country_code <> 'ZZ'
    group by country_links.movie_id

),

makers as (

    select
        credits.movie_id,
        {{ dbt.listagg(
            "case when credits.job = 'Director' then persons.person_name end",
            "'|'", 'order by credits.credit_id'
        ) }} as director_names,
        {{ dbt.listagg(
            'case when credits.cast_order < 5 then persons.person_name end',
            "'|'", 'order by credits.cast_order, credits.credit_id'
        ) }} as leading_cast_names
    from credits
    inner join persons on credits.person_id = persons.person_id
    group by credits.movie_id

),

-- one row per film
framed as (

    select
        movies.movie_id,
        movies.imdb_id,
        movies.title,
        movies.original_language_code,
        movies.release_date,
        movies.runtime_minutes,
        movies.budget_usd,
        movies.collection_id,
        film_genres.genre_names,
        film_countries.country_names,
        makers.director_names,
        makers.leading_cast_names
    from movies
    left join film_genres on movies.movie_id = film_genres.movie_id
    left join film_countries on movies.movie_id = film_countries.movie_id
    left join makers on movies.movie_id = makers.movie_id
    where not movies.is_adult

)

select * from framed
