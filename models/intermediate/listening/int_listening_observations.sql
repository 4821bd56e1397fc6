with

track_days as (

    select * from {{ ref('int_track_days_counted') }}

),

listens as (

    select * from {{ ref('int_listens_watched') }}

),

track_genres as (

    select * from {{ ref('int_track_genres_split') }}

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

    select
        'service:moovitamix' as subject_id,
        'moovitamix:active_users' as metric_id,
        observed_date,
        cast(count(distinct user_key) as double) as value
    from listens
    group by all

)

select * from observations
