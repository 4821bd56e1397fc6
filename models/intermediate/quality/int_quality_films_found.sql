-- What is wrong with films as they were sent; none of it fails a build.

with

answers as (

    select * from {{ ref('int_films_answers_dated') }}

),

-- few loads have an answer that was set aside, and the rows of others need not be read for it
refused_loads as (

    select _load_id from {{ ref('int_films_days_counted') }}
    where snapshot_date is null

),

movies as (

    select * from {{ ref('int_films_movies_latest') }}

),

genres as (

    select * from {{ ref('dim_film_genres') }}

),

countries as (

    select * from {{ ref('int_films_countries_unioned') }}

),

problems as (

    -- pages move while they are read
    select
        'film_listed_twice' as finding_kind,
        'film:' || cast(movie_id as string) as record_id,
        film_list as place,
        cast(count(*) as string) || ' places' as example,
        snapshot_date as found_date
    from answers
    where answer_kind = 'list' and film_list <> 'unnamed' and not is_set_aside
    group by movie_id, film_list, snapshot_date
    having count(*) > 1

    union all

    select
        day_problem as finding_kind,
        'film:' || cast(movie_id as string) as record_id,
        'films, ' || answer_kind as place,
        cast(snapshot_date as string) as example,
        snapshot_date as found_date
    from answers
    where day_problem is not null and _load_id in (select refused_loads._load_id from refused_loads)

    union all

    select
        'film_untitled' as finding_kind,
        'film:' || cast(movie_id as string) as record_id,
        'title' as place,
        original_title as example,
        last_seen_date as found_date
    from movies
    where title is null

    union all

    select
        'film_without_date' as finding_kind,
        'film:' || cast(movie_id as string) as record_id,
        'release_date' as place,
        title as example,
        last_seen_date as found_date
    from movies
    where release_date is null

    union all

    -- no film costs less than a thousand dollars
    select
        'budget_implausible' as finding_kind,
        'film:' || cast(movie_id as string) as record_id,
        'budget' as place,
        cast(budget_usd as string) as example,
        details_date as found_date
    from movies
    where budget_usd < 1000

    union all

    select
        'film_genre_unknown' as finding_kind,
        cast(film_genre_id as string) as record_id,
        'genre_ids' as place,
        genre_name as example,
        cast(null as date) as found_date
    from genres
    where not is_named

    union all

    select
        'country_unknown' as finding_kind,
        country_code as record_id,
        'seeds/country_continents.csv' as place,
        country_name as example,
        cast(null as date) as found_date
    from countries
    where not is_known_country

)

select * from problems
