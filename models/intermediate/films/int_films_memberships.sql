-- Each link by its weight, so that no total has a film twice. Films for adults are in no figure.

with

movies as (

    select * from {{ ref('dim_movies') }}

),

groups as (

    select * from {{ ref('bridge_movies_x_groups') }}

),

persons as (

    select * from {{ ref('bridge_movies_x_persons') }}

),

linked as (

    select
        movie_id,
        group_id,
        group_type,
        weight
    from groups

    union all

    select
        movie_id,
        'person:' || cast(person_id as string) as group_id,
        'person' as group_type,
        sum(weight) as weight
    from persons
    group by movie_id, person_id

    union all

    select
        movie_id,
        'release_year:' || cast(extract(year from release_date) as string) as group_id,
        'release_year' as group_type,
        cast(1 as double) as weight
    from movies
    where release_date is not null

    union all

    select
        movie_id,
        'decade:' || substr(cast(release_date as string), 1, 3) || '0s' as group_id,
        'decade' as group_type,
        cast(1 as double) as weight
    from movies
    where release_date is not null

),

-- one row per film and group
memberships as (

    select
        movies.subject_id,
        linked.group_id,
        linked.group_type,
        linked.weight,
        true as counts
    from linked
    inner join movies on linked.movie_id = movies.movie_id
    where not movies.is_adult

)

select * from memberships
