with

songs as (

    select * from {{ ref('dim_songs') }}

),

credits as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

-- one row per artist; twins are one song
catalogues as (

    select
        credits.artist_id,
        count(*) as song_count
    from credits
    inner join songs on credits.song_id = songs.song_id
    where songs.is_primary_recording
    group by credits.artist_id

),

-- one row per song and artist; the artist with the largest catalogue comes first
ranked as (

    select
        credits.song_id,
        catalogues.artist_id,
        catalogues.song_count,
        row_number() over (
            partition by credits.song_id
            order by catalogues.song_count desc, catalogues.artist_id asc
        ) as artist_rank
    from credits
    inner join catalogues on credits.artist_id = catalogues.artist_id

),

catalogued as (

    select
        songs.subject_id,
        songs.release_date,
        ranked.artist_id,
        ranked.song_count as catalogue_song_count
    from songs
    left join ranked
        on
            songs.song_id = ranked.song_id
            and ranked.artist_rank = 1
    where songs.is_primary_recording

)

select * from catalogued
