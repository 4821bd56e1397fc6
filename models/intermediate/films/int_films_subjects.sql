-- Films, and what they count for. Films for adults are in no figure.

with

movies as (

    select * from {{ ref('dim_movies') }}

),

genres as (

    select * from {{ ref('dim_film_genres') }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

countries as (

    select * from {{ ref('dim_countries') }}

),

languages as (

    select * from {{ ref('dim_film_languages') }}

),

persons as (

    select * from {{ ref('dim_persons') }}

),

memberships as (

    select * from {{ ref('int_films_memberships') }}

),

grouped as (

    select
        group_id,
        group_type
    from memberships
    group by group_id, group_type

),

named as (

    select
        subject_id,
        genre_name as name
    from genres

    union all

    select
        subject_id,
        company_name as name
    from companies

    union all

    select
        subject_id,
        country_name as name
    from countries

    union all

    select
        subject_id,
        language_name as name
    from languages

    union all

    select
        subject_id,
        person_name as name
    from persons

),

subjects as (

    select
        grouped.group_id as subject_id,
        grouped.group_type as subject_type,
        -- continents, years and decades are called by their key
        coalesce(named.name, split_part(grouped.group_id, ':', 2)) as name,
        cast(null as date) as began_on
    from grouped
    left join named on grouped.group_id = named.subject_id

    union all

    select
        subject_id,
        'film' as subject_type,
        title as name,
        release_date as began_on
    from movies
    where not is_adult

)

select * from subjects
