with

songs as (

    select * from {{ ref('int_audience_songs_latest') }}

),

parsed as (

    select * from {{ ref('int_audience_genres_unioned') }}

),

bridged as (

    select
        songs.song_id,
        parsed.music_genre_id
    from songs
    inner join parsed on songs.answer_row_id = parsed._parent_row_id

)

select * from bridged
