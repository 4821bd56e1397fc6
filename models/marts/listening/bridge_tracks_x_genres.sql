-- One word as a rule, but lists with commas occur. The newest extraction of a track counts.

with

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

newest as (

    select
        track_key,
        max_by(genres, extraction_number) as genres
    from tracks
    group by track_key

),

words as (

    select
        track_key,
        {{ split_rows("genres", ',') }} as word
    from newest

),

-- one row per track and genre
genres as (

    select
        track_key,
        {{ normalised_text('word') }} as genre_id
    from words
    where {{ normalised_text('word') }} <> ''
    group by all

)

select * from genres
