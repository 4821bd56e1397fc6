-- A song belongs to its artists, albums, genres and labels, an artist to its genres. A recording
-- belongs to each group that one of its songs belongs to, and counts there once, in their place.

with

songs as (

    select * from {{ ref('dim_songs') }}

),

credits as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

album_songs as (

    select * from {{ ref('bridge_albums_x_songs') }}

),

song_genres as (

    select * from {{ ref('bridge_songs_x_genres') }}

),

song_labels as (

    select * from {{ ref('bridge_songs_x_labels') }}

),

artist_genres as (

    select * from {{ ref('bridge_artists_x_genres') }}

),

song_groups as (

    select
        song_id,
        'artist:' || artist_id as group_id,
        'artist' as group_type
    from credits

    union all

    select
        song_id,
        'album:' || album_id as group_id,
        'album' as group_type
    from album_songs

    union all

    select
        song_id,
        'genre:' || music_genre_id as group_id,
        'genre' as group_type
    from song_genres

    union all

    select
        song_id,
        'label:' || label_id as group_id,
        'label' as group_type
    from song_labels

),

-- one row per subject and song that it is
counted as (

    select
        subject_id,
        song_id,
        not has_twin as counts
    from songs

    union all

    select
        'recording:' || recording_id as subject_id,
        song_id,
        true as counts
    from songs
    where has_twin

),

memberships as (

    select
        counted.subject_id,
        song_groups.group_id,
        song_groups.group_type,
        cast(1 as double) as weight,
        counted.counts
    from counted
    inner join song_groups on counted.song_id = song_groups.song_id
    group by all

    union all

    select
        'artist:' || artist_id as subject_id,
        'genre:' || music_genre_id as group_id,
        'genre' as group_type,
        cast(1 as double) as weight,
        true as counts
    from artist_genres

)

select * from memberships
