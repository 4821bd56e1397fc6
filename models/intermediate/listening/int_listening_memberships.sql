with

tracks as (

    select * from {{ ref('dim_tracks_current') }}

),

track_genres as (

    select * from {{ ref('bridge_tracks_x_genres') }}

),

memberships as (

    -- a track of two genres counts for both in full
    select
        'track:' || track_key as subject_id,
        'genre:' || genre_id as group_id,
        'genre' as group_type,
        cast(1 as double) as weight,
        true as counts
    from track_genres

    union all

    select
        subject_id,
        'service:moovitamix' as group_id,
        'service' as group_type,
        cast(1 as double) as weight,
        true as counts
    from tracks

)

select * from memberships
