with

albums as (

    select * from {{ ref('int_audience_albums_latest') }}

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
