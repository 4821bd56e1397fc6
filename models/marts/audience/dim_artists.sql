with

songs as (

    select * from {{ ref('int_songs_identified') }}

),

-- one row per credit and spelling
spellings as (

    select
        artist_id,
        artist_credit,
        count(*) as song_count
    from songs
    where artist_id is not null
    group by all

),

ordered as (

    select
        artist_id,
        artist_credit,
        row_number() over (
            partition by artist_id
            order by song_count desc, artist_credit asc
        ) as spelling_number,
        sum(song_count) over (partition by artist_id) as song_count
    from spellings

),

-- one row per credit: the spelling that most of its songs have
artists as (

    select
        artist_id,
        'artist:' || artist_id as subject_id,
        artist_credit as artist_name,
        cast(song_count as bigint) as song_count
    from ordered
    where spelling_number = 1

)

select * from artists
