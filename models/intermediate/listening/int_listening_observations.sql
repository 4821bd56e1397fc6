with

track_days as (

    select * from {{ ref('fct_track_listens_daily') }}

),

listens as (

    select * from {{ ref('fct_listens') }}

),

track_genres as (

    select * from {{ ref('bridge_tracks_x_genres') }}

),

user_days as (

    select
        cast(listened_at as date) as observed_date,
        count(distinct user_key) as user_count
    from listens
    group by all

),

observations as (

    select
        'track:' || track_key as subject_id,
        'moovitamix:listens' as metric_id,
        observed_date,
        cast(listen_count as double) as value
    from track_days

    union all

    -- a track of two genres counts for both
    select
        'genre:' || track_genres.genre_id as subject_id,
        'moovitamix:listens' as metric_id,
        track_days.observed_date,
        cast(sum(track_days.listen_count) as double) as value
    from track_days
    inner join track_genres on track_days.track_key = track_genres.track_key
    group by all

    union all

    select
        'service:moovitamix' as subject_id,
        'moovitamix:listens' as metric_id,
        observed_date,
        cast(sum(listen_count) as double) as value
    from track_days
    group by all

    union all

    -- a day that was watched has a zero too if there was no listener
    select
        'service:moovitamix' as subject_id,
        'moovitamix:active_users' as metric_id,
        track_days.observed_date,
        cast(coalesce(max(user_days.user_count), 0) as double) as value
    from track_days
    left join user_days on track_days.observed_date = user_days.observed_date
    group by all

)

select * from observations
