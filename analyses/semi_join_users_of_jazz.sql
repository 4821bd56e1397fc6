-- Who ever listened to jazz? A semi join: each user once, however often. With an inner join it would
-- take a `distinct` to hide the fan-out. The same in SQL Server, PostgreSQL and SQLite.

select users.user_key
from {{ ref('dim_users_current') }} as users
where
    exists (
        select 1
        from {{ ref('fct_listens') }} as events
        inner join {{ ref('bridge_tracks_x_genres') }} as genres
            on events.track_key = genres.track_key
        where events.user_key = users.user_key and genres.genre_id = 'jazz'
    )
order by users.user_key asc
