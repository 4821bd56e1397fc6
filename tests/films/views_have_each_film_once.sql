-- By weight, genres, countries and continents each add up to the films of the latest days.

with

films as (

    select count(*) as movie_count
    from {{ ref('vw_movie_latest') }}
    where is_latest

),

totals as (

    select
        'genre' as what,
        sum(weighted_movie_count) as movie_count
    from {{ ref('vw_genre_popularity') }}

    union all

    select
        'country' as what,
        sum(weighted_movie_count) as movie_count
    from {{ ref('vw_country_popularity') }}

    union all

    select
        'continent' as what,
        sum(weighted_movie_count) as movie_count
    from {{ ref('vw_continent_popularity') }}

)

select totals.what
from totals
cross join films
where abs(coalesce(totals.movie_count, 0) - films.movie_count) > 1e-6
