with

track_genres as (

    select * from {{ ref('bridge_tracks_x_genres') }}

),

user_genres as (

    select * from {{ ref('bridge_users_x_favorite_genres') }}

),

reference_genres as (

    select * from {{ ref('reference_genres') }}

),

reference_names as (

    select
        {{ normalised_text('genre_name') }} as genre_id,
        genre_name
    from reference_genres

),

words as (

    select genre_id
    from reference_names

    union distinct

    select genre_id
    from track_genres

    union distinct

    select genre_id
    from user_genres

),

-- one row per genre that is known, said of a track or declared by a user
named as (

    select
        words.genre_id,
        'genre:' || words.genre_id as subject_id,
        coalesce(reference_names.genre_name, words.genre_id) as genre_name,
        reference_names.genre_id is not null as is_reference_genre
    from words
    left join reference_names on words.genre_id = reference_names.genre_id

)

select * from named
