-- Credits come with the film or alone, in one shape; who plays and who else made it have one key.

with

movies__credits__cast as (

    select * from {{ source('raw_tmdb', 'movies__credits__cast') }}

),

movies__credits__crew as (

    select * from {{ source('raw_tmdb', 'movies__credits__crew') }}

),

credit_pages__cast as (

    select * from {{ source('raw_tmdb', 'credit_pages__cast') }}

),

credit_pages__crew as (

    select * from {{ source('raw_tmdb', 'credit_pages__crew') }}

),

cast_members as (

    select * from movies__credits__cast

    union all

    select * from credit_pages__cast

),

crew_members as (

    select * from movies__credits__crew

    union all

    select * from credit_pages__crew

),

credits as (

    select
        movie_id,
        credit_id,
        id,
        name,
        known_for_department,
        'cast' as credit_type,
        'Acting' as department,
        'Actor' as job,
        character,
        cast_order,
        _parent_row_id,
        _load_id
    from cast_members

    union all

    select
        movie_id,
        credit_id,
        id,
        name,
        known_for_department,
        'crew' as credit_type,
        department,
        job,
        cast(null as string) as character,
        cast(null as bigint) as cast_order,
        _parent_row_id,
        _load_id
    from crew_members

),

renamed as (

    select
        -- ids
        movie_id,
        credit_id,
        id as person_id,

        -- attributes
        credit_type,
        nullif(trim(department), '') as department,
        nullif(trim(job), '') as job,
        nullif(trim(character), '') as character_name,
        nullif(trim(name), '') as person_name,
        nullif(trim(known_for_department), '') as known_for_department,
        cast_order,

        -- loader
        _parent_row_id,
        _load_id
    from credits

)

select * from renamed
