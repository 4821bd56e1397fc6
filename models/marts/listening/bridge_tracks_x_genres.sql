with

genres as (

    select * from {{ ref('int_track_genres_split') }}

),

pairs as (

    select
        track_key,
        genre_id
    from genres

)

select * from pairs
