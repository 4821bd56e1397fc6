-- What people say they like against what they listen to. A track of two genres counts half for
-- each of them.

with

interactions as (

    select * from {{ ref('fct_user_track_interactions') }}

),

track_genres as (

    select * from {{ ref('bridge_tracks_x_genres') }}

),

declared as (

    select * from {{ ref('bridge_users_x_favorite_genres') }}

),

track_shares as (

    select
        track_key,
        genre_id,
        1.0 / count(*) over (partition by track_key) as share
    from track_genres

),

-- decimals add up to the same sum in any order, so equal shares are equal in every build
observed as (

    select
        interactions.user_key,
        track_shares.genre_id,
        round(
            sum(cast(interactions.frequency_ratio * track_shares.share as decimal(20, 18))), 12
        ) as observed_ratio
    from interactions
    inner join track_shares on interactions.track_key = track_shares.track_key
    group by all

),

-- one row per user and genre that is declared or was heard
compared as (

    select
        coalesce(observed.user_key, declared.user_key) as user_key,
        coalesce(observed.genre_id, declared.genre_id) as genre_id,
        declared.user_key is not null as is_declared,
        coalesce(
            1.0 / count(declared.user_key) over (
                partition by coalesce(observed.user_key, declared.user_key)
            ) * case when declared.user_key is not null then 1 end,
            0
        ) as declared_ratio,
        cast(coalesce(observed.observed_ratio, 0) as double) as observed_ratio
    from observed
    full join declared
        on
            observed.user_key = declared.user_key
            and observed.genre_id = declared.genre_id

)

select * from compared
