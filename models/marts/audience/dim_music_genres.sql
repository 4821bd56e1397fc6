with

parsed as (

    select * from {{ ref('int_audience_genres_unioned') }}

),

genres as (

    select
        music_genre_id,
        min(root_genre) as root_genre,
        min(sub_genre) as sub_genre
    from parsed
    group by all

)

select * from genres
