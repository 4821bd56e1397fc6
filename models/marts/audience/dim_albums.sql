with

albums as (

    select * from {{ ref('int_albums_answered') }}

),

described as (

    select
        album_id,
        album_title,
        artist_credit,
        album_type,
        upc,
        image_url,
        track_count,
        release_date
    from albums

)

select * from described
