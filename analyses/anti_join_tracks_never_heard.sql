-- Which tracks has nobody listened to? An anti join, as NOT EXISTS: unlike NOT IN it is not emptied by
-- a single null in the inner query. The same in SQL Server, PostgreSQL and SQLite; DuckDB and Spark
-- also say `anti join`.

select
    tracks.track_key,
    tracks.track_name
from {{ ref('dim_tracks_current') }} as tracks
where
    not exists (
        select 1
        from {{ ref('fct_listens') }} as events
        where events.track_key = tracks.track_key
    )
order by tracks.track_key asc
