with

genre_lists__genres as (

    select * from {{ source('raw_tmdb', 'genre_lists__genres') }}

),

daily_lists__genres as (

    select * from {{ source('raw_tmdb', 'daily_lists__genres') }}

),

genres as (

    select
        id,
        name,
        _load_id
    from genre_lists__genres

    union all

    select
        id,
        name,
        _load_id
    from daily_lists__genres

),

renamed as (

    select
        -- ids
        id as film_genre_id,

        -- attributes
        nullif(trim(name), '') as genre_name,

        -- loader
        _load_id
    from genres

)

select * from renamed
