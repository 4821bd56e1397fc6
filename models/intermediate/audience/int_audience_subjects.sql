with

songs as (

    select * from {{ ref('dim_songs') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

albums as (

    select * from {{ ref('dim_albums') }}

),

genres as (

    select * from {{ ref('dim_music_genres') }}

),

labels as (

    select * from {{ ref('dim_labels') }}

),

subjects as (

    select
        subject_id,
        'song' as subject_type,
        title as name,
        release_date as began_on,
        case when has_twin then 'recording:' || recording_id end as counted_by,
        is_primary_recording as is_primary
    from songs

    union all

    -- a recording that several songs share, by the name of the one that goes on longest
    select
        'recording:' || recording_id as subject_id,
        'recording' as subject_type,
        title as name,
        release_date as began_on,
        cast(null as string) as counted_by,
        true as is_primary
    from songs
    where has_twin and is_primary_recording

    union all

    select
        subject_id,
        'artist' as subject_type,
        artist_name as name,
        cast(null as date) as began_on,
        cast(null as string) as counted_by,
        true as is_primary
    from artists

    union all

    select
        'album:' || album_id as subject_id,
        'album' as subject_type,
        album_title as name,
        release_date as began_on,
        cast(null as string) as counted_by,
        true as is_primary
    from albums

    union all

    select
        'genre:' || music_genre_id as subject_id,
        'genre' as subject_type,
        music_genre_id as name,
        cast(null as date) as began_on,
        cast(null as string) as counted_by,
        true as is_primary
    from genres

    union all

    select
        'label:' || label_id as subject_id,
        'label' as subject_type,
        label_name as name,
        cast(null as date) as began_on,
        cast(null as string) as counted_by,
        true as is_primary
    from labels

)

select * from subjects
