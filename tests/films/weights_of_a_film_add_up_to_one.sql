-- No total may have a film twice by accident, so what a film counts for adds up to the film. Every
-- film has a country, if only the unknown one.

with

links as (

    select
        'genres' as bridge,
        movie_id,
        weight
    from {{ ref('bridge_movies_x_genres') }}

    union all

    select
        'companies' as bridge,
        movie_id,
        weight
    from {{ ref('bridge_movies_x_companies') }}

    union all

    select
        'countries' as bridge,
        movie_id,
        weight
    from {{ ref('bridge_movies_x_countries') }}

    union all

    select
        'languages' as bridge,
        movie_id,
        weight
    from {{ ref('bridge_movies_x_languages') }}

    union all

    select
        'persons' as bridge,
        movie_id,
        weight
    from {{ ref('bridge_movies_x_persons') }}

)

select
    bridge,
    movie_id
from links
group by bridge, movie_id
having abs(sum(weight) - 1) > 1e-9

union all

select
    'no country' as bridge,
    movies.movie_id
from {{ ref('dim_movies') }} as movies
left join {{ ref('bridge_movies_x_countries') }} as countries
    on movies.movie_id = countries.movie_id
where countries.movie_id is null
