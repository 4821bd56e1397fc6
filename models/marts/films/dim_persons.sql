with

links as (

    select * from {{ ref('bridge_movies_x_persons') }}

),

credits as (

    select * from {{ ref('stg_tmdb__credits') }}

),

linked as (

    select person_id
    from links
    group by person_id

),

-- one row per person who has a credit; of two spellings the first in the alphabet
named as (

    select
        linked.person_id,
        'person:' || cast(linked.person_id as string) as subject_id,
        coalesce(min(credits.person_name), 'Person ' || cast(linked.person_id as string))
            as person_name,
        min(credits.known_for_department) as known_for_department
    from linked
    inner join credits on linked.person_id = credits.person_id
    group by linked.person_id

)

select * from named
