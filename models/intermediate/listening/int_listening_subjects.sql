with

tracks as (

    select * from {{ ref('dim_tracks_current') }}

),

genres as (

    select * from {{ ref('dim_listening_genres') }}

),

subjects as (

    select
        subject_id,
        'track' as subject_type,
        track_name as name,
        cast(null as date) as began_on,
        false as is_composed
    from tracks

    union all

    select
        subject_id,
        'genre' as subject_type,
        genre_name as name,
        cast(null as date) as began_on,
        -- its listens are those of its tracks
        true as is_composed
    from genres

    union all

    select
        'service:moovitamix' as subject_id,
        'service' as subject_type,
        'MooVitamix' as name,
        cast(null as date) as began_on,
        true as is_composed

)

select * from subjects
