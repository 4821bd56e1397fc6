with

tracks as (

    select * from {{ ref('dim_tracks_current') }}

),

interactions as (

    select * from {{ ref('fct_user_track_interactions') }}

),

track_genres as (

    select * from {{ ref('bridge_tracks_x_genres') }}

),

genres as (

    select * from {{ ref('dim_listening_genres') }}

),

user_genres as (

    select * from {{ ref('bridge_users_x_favorite_genres') }}

),

audiences as (

    select
        track_key,
        cast(sum(listen_count) as bigint) as listen_count,
        count(*) as user_count,
        min(recency_days) as recency_days,
        min(first_listened_at) as first_listened_at,
        max(last_listened_at) as last_listened_at
    from interactions
    group by track_key

),

words as (

    select
        track_genres.track_key,
        count(*) as genre_count,
        count(*) filter (where genres.is_reference_genre) as reference_genre_count
    from track_genres
    inner join genres on track_genres.genre_id = genres.genre_id
    group by track_genres.track_key

),

-- one row per track that was heard by someone who declares one of its genres
fans as (

    select
        interactions.track_key,
        count(distinct interactions.user_key) as fan_count
    from interactions
    inner join track_genres on interactions.track_key = track_genres.track_key
    inner join user_genres
        on
            interactions.user_key = user_genres.user_key
            and track_genres.genre_id = user_genres.genre_id
    group by interactions.track_key

),

-- one row per track
features as (

    select
        tracks.track_key,
        coalesce(audiences.listen_count, 0) as listen_count,
        coalesce(audiences.user_count, 0) as user_count,
        cast(coalesce(audiences.listen_count, 0) as double)
        / nullif(sum(audiences.listen_count) over (), 0) as popularity_ratio,
        cast(coalesce(fans.fan_count, 0) as double) / audiences.user_count as fan_ratio,
        tracks.duration_seconds,
        audiences.recency_days,
        coalesce(words.genre_count, 0) as genre_count,
        coalesce(words.reference_genre_count, 0) as reference_genre_count,
        audiences.first_listened_at,
        audiences.last_listened_at
    from tracks
    left join audiences on tracks.track_key = audiences.track_key
    left join words on tracks.track_key = words.track_key
    left join fans on tracks.track_key = fans.track_key

)

select * from features
