-- Under which version of its track was each listen shown? An as-of join: the last version that was
-- there by the day. DuckDB has a word for it; elsewhere it is a window function over both, or
--   PostgreSQL: left join lateral (select ... order by load_date desc limit 1) on true
--   SQL Server: outer apply (select top 1 ... order by load_date desc)
--   SQLite: a correlated subquery with order by and limit 1.

select
    listens.extraction_id,
    listens.user_id,
    listens.position,
    listens.track_id,
    versions.version
from {{ ref('fct_listen_snapshots') }} as listens
asof inner join {{ ref('dim_tracks') }} as versions
    on listens.track_id = versions.track_id and listens.load_date >= versions.load_date
order by listens.extraction_id asc, listens.user_id asc, listens.position asc
