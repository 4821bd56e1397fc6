with

albums as (

    select * from {{ ref('int_audience_albums_latest') }}

),

album_artists as (

    select * from {{ ref('stg_soundcharts__album_artists') }}

),

listed_albums as (

    select * from {{ ref('stg_soundcharts__listed_albums') }}

),

named as (

    select
        albums.album_id,
        album_artists.artist_id,
        cast(min(album_artists._index) as integer) as artist_position
    from albums
    inner join album_artists on albums.answer_row_id = album_artists._parent_row_id
    where album_artists.artist_id is not null
    group by all

),

-- one row per album without such an answer and artist in whose lists it is
listed as (

    select
        coalesce(listed_albums.album_id, listed_albums.slug) as album_id,
        listed_albums.asked_uuid as artist_id
    from listed_albums
    left join named on coalesce(listed_albums.album_id, listed_albums.slug) = named.album_id
    where
        listed_albums.document = 'artist-albums'
        and coalesce(listed_albums.album_id, listed_albums.slug) is not null
        and named.album_id is null
    group by all

),

bridged as (

    select
        album_id,
        artist_id,
        artist_position
    from named

    union all

    select
        album_id,
        artist_id,
        cast(row_number() over (partition by album_id order by artist_id) as integer)
            as artist_position
    from listed

)

select * from bridged
