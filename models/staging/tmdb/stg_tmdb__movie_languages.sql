with

movies__spoken_languages as (

    select * from {{ source('raw_tmdb', 'movies__spoken_languages') }}

),

renamed as (

    select
        -- ids
        movie_id,
        nullif(lower(trim(iso_639_1)), '') as film_language_code,

        -- attributes
        coalesce(nullif(trim(english_name), ''), nullif(trim(name), '')) as language_name,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from movies__spoken_languages

)

select * from renamed
