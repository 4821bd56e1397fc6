with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

-- one row per song and artist; the report credits a song to one text, the API to several artists
credits as (

    select
        song_id,
        artist_id
    from songs
    where artist_id is not null

)

select * from credits
