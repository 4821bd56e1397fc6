with

albums as (

    select * from {{ ref('int_albums_answered') }}

),

album_artists as (

    select * from {{ ref('stg_soundcharts__album_artists') }}

),

bridged as (

    select
        albums.album_id,
        album_artists.artist_id,
        cast(min(album_artists._index) as integer) as artist_position
    from albums
    inner join album_artists on albums.answer_row_id = album_artists._parent_row_id
    where album_artists.artist_id is not null
    group by all

)

select * from bridged
