-- Who a song counts for: the artists that the API names, else the credit that the report prints.
-- So a credit is linked to artists through the songs that both know, and never split.

with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

answers as (

    select * from {{ ref('int_songs_answered') }}

),

song_artists as (

    select * from {{ ref('stg_soundcharts__song_artists') }}

),

main_artists as (

    select * from {{ ref('stg_soundcharts__song_main_artists') }}

),

-- one row per song and artist that the song's latest answer names
named as (

    select
        answers.song_id,
        song_artists.artist_id,
        cast(min(song_artists._index) as integer) as artist_position,
        count(main_artists.artist_id) > 0 as is_main_artist
    from answers
    inner join song_artists on answers.answer_row_id = song_artists._parent_row_id
    left join main_artists
        on
            song_artists._parent_row_id = main_artists._parent_row_id
            and song_artists.artist_id = main_artists.artist_id
    where song_artists.artist_id is not null
    group by all

),

credited as (

    select
        song_id,
        artist_id,
        artist_position,
        -- older answers name no main artists: the first is one
        is_main_artist or artist_position = 1 as is_main_artist,
        false as is_credit
    from named

    union all

    select
        songs.song_id,
        songs.artist_id,
        cast(1 as integer) as artist_position,
        true as is_main_artist,
        true as is_credit
    from songs
    left join named on songs.song_id = named.song_id
    where songs.artist_id is not null and named.song_id is null

)

select * from credited
