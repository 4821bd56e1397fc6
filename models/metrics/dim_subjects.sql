-- The one list of everything whose audience is counted: a domain adds its own `union all`, and
-- growth, averages and alerts find a name for what they speak of.

with

songs as (

    select * from {{ ref('dim_songs') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

tracks as (

    select * from {{ ref('dim_tracks_current') }}

),

genres as (

    select * from {{ ref('dim_listening_genres') }}

),

subjects as (

    select
        subject_id,
        'song' as subject_type,
        coalesce(title, '(untitled)') as name,
        release_date
    from songs

    union all

    -- a recording that several songs share, by the name of the one that goes on longest
    select
        'recording:' || recording_id as subject_id,
        'recording' as subject_type,
        coalesce(title, '(untitled)') as name,
        release_date
    from songs
    where has_twin and is_primary_recording

    union all

    select
        subject_id,
        'artist' as subject_type,
        artist_name as name,
        cast(null as date) as release_date
    from artists

    union all

    select
        subject_id,
        'track' as subject_type,
        coalesce(track_name, '(untitled)') as name,
        cast(null as date) as release_date
    from tracks

    union all

    select
        subject_id,
        'genre' as subject_type,
        genre_name as name,
        cast(null as date) as release_date
    from genres

    union all

    select
        'service:moovitamix' as subject_id,
        'service' as subject_type,
        'MooVitamix' as name,
        cast(null as date) as release_date

),

described as (

    select
        subject_id,
        subject_type,
        name,
        release_date,
        -- its observations are those of other subjects, so nothing may count both
        subject_type = 'recording' as is_composed
    from subjects

)

select * from described
