with

parsed as (

    select * from {{ ref('int_genres_parsed') }}

),

genres as (

    select
        music_genre_id,
        root_genre,
        sub_genre
    from parsed
    group by all

)

select * from genres
