-- Which genres do users declare and never listen to? EXCEPT is set difference, without repeats.
-- The same in SQL Server, PostgreSQL and SQLite; Oracle says MINUS.

select
    user_key,
    genre_id
from {{ ref('bridge_users_x_favorite_genres') }}

except

select
    events.user_key,
    genres.genre_id
from {{ ref('fct_listens') }} as events
inner join {{ ref('bridge_tracks_x_genres') }} as genres on events.track_key = genres.track_key
order by user_key asc, genre_id asc
