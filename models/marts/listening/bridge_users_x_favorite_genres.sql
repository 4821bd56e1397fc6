-- One word as a rule, but lists with commas occur. The newest extraction of a user counts.

with

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

newest as (

    select
        user_key,
        max_by(favorite_genres, extraction_number) as favorite_genres
    from users
    group by user_key

),

words as (

    select
        user_key,
        {{ split_rows("favorite_genres", ',') }} as word
    from newest

),

-- one row per user and genre
genres as (

    select
        user_key,
        {{ normalised_text('word') }} as genre_id
    from words
    where {{ normalised_text('word') }} <> ''
    group by all

)

select * from genres
