-- Which users listen to a genre that they declare? INTERSECT compares whole rows, takes two nulls for
-- equal and returns no row twice. The same in SQL Server, PostgreSQL and SQLite; MySQL since 8.0.31.

select
    user_key,
    genre_id
from {{ ref('bridge_users_x_favorite_genres') }}

intersect

select
    events.user_key,
    genres.genre_id
from {{ ref('fct_listens') }} as events
inner join {{ ref('bridge_tracks_x_genres') }} as genres on events.track_key = genres.track_key
order by user_key asc, genre_id asc
