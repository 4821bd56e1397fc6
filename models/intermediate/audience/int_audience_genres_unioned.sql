with

song_genres as (

    select * from {{ ref('stg_soundcharts__song_genres') }}

),

artist_genres as (

    select * from {{ ref('stg_soundcharts__artist_genres') }}

),

sent as (

    select
        _parent_row_id,
        genre
    from song_genres
    where genre is not null

    union all

    select
        _parent_row_id,
        genre
    from artist_genres
    where genre is not null

),

-- older answers give plain names, which are roots as far as anyone can tell
roots as (

    select
        _parent_row_id,
        genre,
        coalesce({{ json_text('genre', 'root') }}, genre) as root_genre
    from sent

),

subs as (

    select
        _parent_row_id,
        root_genre,
        {{ json_items('genre', 'sub') }} as sub_genre
    from roots

),

parts as (

    select
        _parent_row_id,
        root_genre as music_genre_id,
        root_genre,
        cast(null as string) as sub_genre
    from roots

    union all

    select
        _parent_row_id,
        root_genre || ' / ' || sub_genre as music_genre_id,
        root_genre,
        sub_genre
    from subs
    where sub_genre is not null

),

-- one row per answer and genre, whether it was sent as 'pop / french pop' or as pop and its sub
parsed as (

    select
        _parent_row_id,
        music_genre_id,
        min(root_genre) as root_genre,
        min(sub_genre) as sub_genre
    from parts
    group by all

)

select * from parsed
