with

users as (

    select * from {{ ref('dim_users_current') }}

),

interactions as (

    select * from {{ ref('fct_user_track_interactions') }}

),

genres as (

    select * from {{ ref('bridge_users_x_genres') }}

),

tracks as (

    select * from {{ ref('dim_tracks_current') }}

),

habits as (

    select
        interactions.user_key,
        cast(sum(interactions.listen_count) as bigint) as listen_count,
        count(*) as heard_track_count,
        avg(tracks.duration_seconds) as mean_duration_seconds,
        min(interactions.recency_days) as recency_days,
        min(interactions.first_listened_at) as first_listened_at,
        max(interactions.last_listened_at) as last_listened_at
    from interactions
    inner join tracks on interactions.track_key = tracks.track_key
    group by interactions.user_key

),

ranked_genres as (

    select
        user_key,
        genre_id,
        is_declared,
        declared_ratio,
        observed_ratio,
        rank() over (partition by user_key order by observed_ratio desc) as observed_rank
    from genres

),

tastes as (

    select
        user_key,
        count(*) filter (where is_declared) as declared_genre_count,
        count(*) filter (where observed_ratio > 0) as heard_genre_count,
        cast(
            coalesce(sum(cast(observed_ratio as decimal(20, 18))) filter (where is_declared), 0)
            as double
        ) as declared_listen_ratio,
        min(genre_id) filter (where observed_ratio > 0 and observed_rank = 1) as top_genre_id,
        max(observed_ratio) as top_genre_ratio,
        -- 0: heard as declared; 1: nothing in common
        cast(sum(cast(abs(observed_ratio - declared_ratio) as decimal(20, 18))) as double) / 2
            as taste_distance_ratio
    from ranked_genres
    group by user_key

),

-- one row per user
features as (

    select
        users.user_key,
        coalesce(habits.listen_count, 0) as listen_count,
        coalesce(habits.heard_track_count, 0) as heard_track_count,
        habits.mean_duration_seconds,
        habits.recency_days,
        coalesce(tastes.declared_genre_count, 0) as declared_genre_count,
        coalesce(tastes.heard_genre_count, 0) as heard_genre_count,
        case when habits.user_key is not null then tastes.declared_listen_ratio end
            as declared_listen_ratio,
        tastes.top_genre_id,
        case when habits.user_key is not null then tastes.top_genre_ratio end as top_genre_ratio,
        case when habits.user_key is not null then tastes.taste_distance_ratio end
            as taste_distance_ratio,
        habits.first_listened_at,
        habits.last_listened_at
    from users
    left join habits on users.user_key = habits.user_key
    left join tastes on users.user_key = tastes.user_key

)

select * from features
