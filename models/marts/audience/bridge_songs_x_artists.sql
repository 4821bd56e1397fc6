with

credited as (

    select * from {{ ref('int_song_artists_credited') }}

),

bridged as (

    select
        song_id,
        artist_id,
        artist_position,
        is_main_artist
    from credited

)

select * from bridged
