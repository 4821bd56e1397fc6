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

-- more subs than a root of the source has
places as (

    select numbers.place
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as numbers (place)

),

subs as (

    select
        roots._parent_row_id,
        roots.root_genre,
        {{ json_item('roots.genre', 'sub', 'places.place') }} as sub_genre
    from roots
    cross join places

),

parts as (

    select
        _parent_row_id,
        root_genre as music_genre_id,
        root_genre,
        cast(null as varchar) as sub_genre
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
