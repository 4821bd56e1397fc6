with

songs as (

    select * from {{ ref('int_songs_answered') }}

),

parsed as (

    select * from {{ ref('int_genres_parsed') }}

),

bridged as (

    select
        songs.song_id,
        parsed.music_genre_id
    from songs
    inner join parsed on songs.answer_row_id = parsed._parent_row_id

)

select * from bridged
