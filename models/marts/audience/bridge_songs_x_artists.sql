-- Who a song counts for: the artists that its own page names, else those in whose lists it is, else
-- the credit that the report prints. So a credit is linked to artists through the songs that both
-- know, and never split.

with

songs as (

    select * from {{ ref('int_audience_songs_joined') }}

),

answers as (

    select * from {{ ref('int_audience_songs_latest') }}

),

song_artists as (

    select * from {{ ref('stg_soundcharts__song_artists') }}

),

main_artists as (

    select * from {{ ref('stg_soundcharts__song_main_artists') }}

),

listed as (

    select * from {{ ref('int_audience_songs_unioned') }}

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

-- one row per song without such an answer and artist in whose lists it is, in the order in which
-- the credit prints their names
ordered as (

    select
        listed.song_id,
        listed.artist_id,
        cast(
            row_number() over (
                partition by listed.song_id
                order by
                    min(nullif(instr(lower(songs.artist_credit), lower(listed.artist_name)), 0)) asc
                    nulls last,
                    listed.artist_id asc
            ) as integer
        ) as artist_position
    from listed
    inner join songs on listed.song_id = songs.song_id
    left join named on listed.song_id = named.song_id
    where listed.artist_id is not null and named.song_id is null
    group by listed.song_id, listed.artist_id

),

credited as (

    select
        song_id,
        artist_id,
        artist_position,
        -- older answers name no main artists: the first is one
        is_main_artist or artist_position = 1 as is_main_artist
    from named

    union all

    select
        song_id,
        artist_id,
        artist_position,
        artist_position = 1 as is_main_artist
    from ordered

    union all

    select
        songs.song_id,
        songs.artist_id,
        cast(1 as integer) as artist_position,
        true as is_main_artist
    from songs
    left join named on songs.song_id = named.song_id
    left join ordered on songs.song_id = ordered.song_id
    where songs.artist_id is not null and named.song_id is null and ordered.song_id is null

)

select * from credited
