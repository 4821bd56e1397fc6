with

languages as (

    select * from {{ source('raw_tmdb', 'languages') }}

),

renamed as (

    select
        -- ids
        nullif(lower(trim(iso_639_1)), '') as film_language_code,

        -- attributes
        coalesce(nullif(trim(english_name), ''), nullif(trim(name), '')) as language_name,

        -- loader
        _row_id,
        _load_id
    from languages

)

select * from renamed
