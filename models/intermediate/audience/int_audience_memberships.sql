-- Recordings belong to the artists of their songs. A recording of several songs is a subject of its
-- own, and counts once in every group that one of its songs belongs to.

with

songs as (

    select * from {{ ref('dim_songs') }}

),

credits as (

    select * from {{ ref('bridge_songs_x_artists') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

-- one row per subject and song that it is, twin_of: the recording that counts it
counted as (

    select
        subject_id,
        song_id,
        case when has_twin then recording_id end as twin_of
    from songs

    union all

    select
        'recording:' || recording_id as subject_id,
        song_id,
        cast(null as string) as twin_of
    from songs
    where has_twin

),

-- one row per subject and artist; a song without artists belongs to its platforms only
memberships as (

    select
        counted.subject_id,
        artists.subject_id as group_id,
        'song' as member_type,
        counted.twin_of
    from counted
    left join credits on counted.song_id = credits.song_id
    left join artists on credits.artist_id = artists.artist_id
    group by all

    union all

    select
        subject_id,
        subject_id as group_id,
        'artist' as member_type,
        cast(null as string) as twin_of
    from artists

)

select * from memberships
