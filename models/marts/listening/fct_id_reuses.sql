with

tracks as (

    select * from {{ ref('int_listening_tracks_resolved') }}

),

users as (

    select * from {{ ref('int_listening_users_resolved') }}

),

-- one row per id and extraction in which it is another thing than when last seen
reuses as (

    select
        'tracks' as route,
        cast(track_id as string) as record_id,
        extraction_id,
        track_key as record_key,
        load_date
    from tracks
    where is_reused_id

    union all

    select
        'users' as route,
        cast(user_id as string) as record_id,
        extraction_id,
        user_key as record_key,
        load_date
    from users
    where is_reused_id

)

select * from reuses
