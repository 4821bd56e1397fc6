"""What the engine judges: our own series out of the warehouse and the journals beside it, and those of the audience."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from crescendo.operations import store
from crescendo.operations.engine import DAYS
from crescendo.operations.rules import OURS
from crescendo.warehouse import text

STORED = "stored"  # the warehouse, attached to the connection
OWN = f"""
    insert into series
    select hash(subject_id, '{OURS}', metric), subject_id, max(subject_type), max(subject_name), max(parent_id),
        '{OURS}', metric, $today::date
    from operations.observations group by subject_id, metric;
    insert into days
    select hash(subject_id, '{OURS}', metric), observed_date, value, null, value from operations.observations"""
COMPLETE = 0.8  # the share of the usual series that a day has if it is complete; younger days are not judged
# a count that adds others up, or is shown for others, would tell the same twice
AUDIENCE = f"""
    create or replace temp table audience as
    select s.series_id::ubigint as series, s.subject_id, u.subject_type, u.name as subject_name, m.platform, m.metric,
        m.kind, s.metric_id, s.last_date, max(s.last_date) over (partition by s.metric_id, u.subject_type) as until_date
    from {STORED}.metrics.dim_series as s
    inner join {STORED}.metrics.dim_subjects as u using (subject_id)
    inner join {STORED}.metrics.dim_metrics as m using (metric_id)
    where m.platform <> '{OURS}' and not u.is_composed and u.is_primary;
    delete from audience where last_date <= until_date - {DAYS};
    create or replace temp table observed as
    select a.series, a.metric_id, a.subject_type, a.kind, o.*
    from {STORED}.metrics.fct_observations as o inner join audience as a on a.series = o.series_id::ubigint
    where not o.is_outlier and o.observed_date > a.until_date - {DAYS};
    update audience as a set until_date = c.complete_date from (
        select metric_id, subject_type, max(observed_date) as complete_date
        from (
            select metric_id, subject_type, observed_date, count(*) as observed_count, median(observed_count) over (
                partition by metric_id, subject_type order by observed_date rows between 28 preceding and 1 preceding
            ) as usual_count
            from observed group by metric_id, subject_type, observed_date
        ) where observed_count >= coalesce({COMPLETE} * usual_count, 0) group by metric_id, subject_type
    ) as c where (c.metric_id, c.subject_type) = (a.metric_id, a.subject_type);
    insert into series
    select series, subject_id, subject_type, subject_name, 'platform:' || platform, platform, metric, until_date
    from audience;
    insert into days
    select series, observed_date, case
            when change_class in ('reset', 'restatement', 'relinked') then null
            when kind <> 'counter' then value
            when change_class in ('increase', 'unchanged') then change / span_days end,
        change_class, value
    from observed"""
# a platform is late by the days on which anything was loaded; before there are some, its newest day is no news
PLATFORMS = f"""
    insert into series
    with loads as (
        select max(observed_date) as last_date, count(distinct observed_date) as load_days
        from operations.observations where subject_type = 'source' and metric = 'files'
    ),
    newest as (select platform, max(last_date) as newest_date from audience group by platform)
    select hash('platform', platform), 'platform:' || platform, 'platform', coalesce(p.platform_name, platform), null,
        platform, 'series_observed',
        case when load_days >= 7 then greatest(last_date, newest_date) else newest_date end
    from newest cross join loads left join {STORED}.metrics.dim_platforms as p using (platform);
    insert into days
    select hash('platform', a.platform), d.observed_date, count(*), null, count(*)
    from days as d inner join audience as a using (series) group by a.platform, d.observed_date"""


def fill(connection: duckdb.DuckDBPyConnection, warehouse: Path, holidays: list[date], today: date) -> None:
    """Enter the series and days of a warehouse that is attached as `stored`, and of the journals beside it.

    Without a warehouse there are the journals alone. The engine's tables are there, empty.
    """
    for day in holidays:
        connection.execute("insert into holidays values (?)", [day])
    store.prepare(connection)
    tables = _stored(connection)
    _take(connection, warehouse, today, has_stored="operations.observations" in tables)
    connection.execute(OWN.replace("$today", text(str(today))))
    if {"metrics.fct_observations", "metrics.dim_series", "metrics.dim_subjects", "metrics.dim_metrics"} <= tables:
        connection.execute(AUDIENCE)
        connection.execute(PLATFORMS)


def _take(connection: duckdb.DuckDBPyConnection, warehouse: Path, today: date, *, has_stored: bool) -> None:
    """Copy what the warehouse holds of the last days, and take the journals that it does not hold whole."""
    files = store.journals(warehouse)
    if has_stored:
        _copy(connection, "runs", "started_at", today - timedelta(DAYS))
        _copy(connection, "observations", "observed_date", today - timedelta(DAYS))
        held = store.taken(connection)
        files = [file for file in files if file.stem not in held]
        # a day that a journal touches is observed again, from all runs of that day
        first = min((datetime.strptime(file.stem[:8], "%Y%m%d").date() for file in files), default=None)
        for name in store.TABLES if first else ():
            if name not in ("runs", "observations"):
                _copy(connection, name, "noted_at", first)
    store.take(connection, files)


def _copy(connection: duckdb.DuckDBPyConnection, name: str, moment: str, since: date | None) -> None:
    table = f"{store.SCHEMA}.{name}"
    connection.execute(f"insert into {table} select * from {STORED}.{table} where {moment} >= ?", [since])


def _stored(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?", [STORED]
    )
    return {name for (name,) in found.fetchall()}
