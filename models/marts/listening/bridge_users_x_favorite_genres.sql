with

genres as (

    select * from {{ ref('int_user_genres_split') }}

),

pairs as (

    select
        user_key,
        genre_id
    from genres

)

select * from pairs
