-- How many tracks are of a genre, and how many users declare it? A full join keeps genres that only
-- one side has. The same in SQL Server and PostgreSQL; SQLite since 3.39, MySQL not at all (a union of
-- two left joins).

with

tracks as (

    select
        genre_id,
        count(*) as track_count
    from {{ ref('bridge_tracks_x_genres') }}
    group by genre_id

),

users as (

    select
        genre_id,
        count(*) as user_count
    from {{ ref('bridge_users_x_favorite_genres') }}
    group by genre_id

)

select
    coalesce(tracks.genre_id, users.genre_id) as genre_id,
    coalesce(tracks.track_count, 0) as track_count,
    coalesce(users.user_count, 0) as user_count
from tracks
full join users on tracks.genre_id = users.genre_id
order by genre_id asc
