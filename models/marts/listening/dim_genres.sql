with

genres as (

    select * from {{ ref('int_genres_named') }}

),

subjects as (

    select
        genre_id,
        'genre:' || genre_id as subject_id,
        genre_name,
        is_reference_genre
    from genres

)

select * from subjects
