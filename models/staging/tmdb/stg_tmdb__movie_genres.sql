with

movies__genres as (

    select * from {{ source('raw_tmdb', 'movies__genres') }}

),

renamed as (

    select
        -- ids
        movie_id,
        id as film_genre_id,

        -- attributes
        nullif(trim(name), '') as genre_name,

        -- loader
        _parent_row_id,
        _index,
        _load_id
    from movies__genres

)

select * from renamed
