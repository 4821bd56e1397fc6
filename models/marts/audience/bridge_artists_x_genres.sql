with

artists as (

    select * from {{ ref('int_audience_artists_latest') }}

),

parsed as (

    select * from {{ ref('int_audience_genres_unioned') }}

),

bridged as (

    select
        artists.artist_id,
        parsed.music_genre_id
    from artists
    inner join parsed on artists.answer_row_id = parsed._parent_row_id

)

select * from bridged
