"""The schema `operations` of the warehouse: what the journals say, as tables, and one observation a day of each series.

`fill` takes the journals that it has not taken whole yet. A run's rows are written anew each time, so that a run that
is still at work may be taken twice. Only the days that these runs touch are observed again: what it costs does not grow
with the runs before. Of a day with several runs, what adds up (SUMMED) is their sum, all else is the last value.

Descriptions of the tables are those of the dbt source.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import duckdb

from crescendo.operations import journal
from crescendo.warehouse import quoted, text, transaction

SCHEMA = "operations"
KEPT = timedelta(days=400)
SUMMED = ("bytes", "files", "new_rows", "records", "requests", "rows_through", "runs")
TABLES = {
    "runs": """
        run_id varchar not null, verb varchar, started_at timestamp not null, ended_at timestamp, outcome varchar,
        killed_phase varchar, seconds double, error varchar, version varchar""",
    "phases": """
        run_id varchar not null, noted_at timestamp not null, phase varchar not null, seconds double,
        cpu_seconds double, peak_bytes bigint, bytes bigint, row_count bigint, outcome varchar""",
    "requests": """
        run_id varchar not null, noted_at timestamp not null, source varchar not null, endpoint varchar not null,
        request_count bigint not null, failed_count bigint not null, retry_count bigint not null,
        latency_p50 double, latency_p95 double, latency_p99 double""",
    "tables": """
        run_id varchar not null, noted_at timestamp not null, source varchar not null, table_name varchar not null,
        row_count bigint, new_row_count bigint, bytes bigint, newest_date date""",
    "columns": """
        run_id varchar not null, noted_at timestamp not null, source varchar not null, table_name varchar not null,
        column_name varchar not null, data_type varchar, row_count bigint, null_count bigint, valid_count bigint""",
    "dbt_nodes": """
        run_id varchar not null, noted_at timestamp not null, node varchar not null, resource_type varchar not null,
        status varchar not null, seconds double, failures bigint, message varchar""",
    "measures": """
        run_id varchar not null, noted_at timestamp not null, subject_type varchar not null, subject varchar not null,
        metric varchar not null, value double not null""",
    "observations": """
        subject_id varchar not null, subject_type varchar not null, subject_name varchar not null, parent_id varchar,
        metric varchar not null, observed_date date not null, value double not null, run_id varchar not null""",
}
FIELDS = {
    **dict.fromkeys(
        ("event", "verb", "version", "phase", "outcome", "source", "endpoint", "status", "table", "column", "data_type",
         "node", "resource_type", "message", "subject_type", "subject", "metric", "error"), "varchar"),
    **dict.fromkeys(("seconds", "cpu_seconds", "value"), "double"),
    **dict.fromkeys(("peak_bytes", "bytes", "rows", "new_rows", "nulls", "valid", "failures", "retries"), "bigint"),
    "at": "timestamptz", "newest_date": "date",
}  # fmt: skip
# an answer that is absent by declaration is an answer
ANSWERED = "(status like '2%' or status in ('304', '403', '404', '410'))"
ROWS = {
    "runs": """
        with open_phases as (
            select run_id, phase, max(noted_at) filter (event = 'phase_start') as began_at
            from lines where event in ('phase_start', 'phase') group by run_id, phase
            having count(*) filter (event = 'phase_start') > count(*) filter (event = 'phase')
        ),
        told as (
            select run_id, max(verb) as verb, min(noted_at) filter (event = 'run') as started_at,
                max(noted_at) filter (event = 'end') as ended_at,
                coalesce(max(outcome) filter (event = 'end'), case when run_id not in (from alive) then 'killed' end)
                    as outcome,
                max(seconds) filter (event = 'end') as seconds, nullif(max(error), '') as error,
                max(version) as version
            from lines group by run_id having bool_or(event = 'run')
        )
        select run_id, verb, started_at, ended_at, outcome,
            case when outcome = 'killed' then (select max_by(phase, began_at) from open_phases as o
                where o.run_id = told.run_id) end,
            seconds, error, version
        from told""",
    "phases": """
        select run_id, noted_at, phase, seconds, cpu_seconds, peak_bytes, bytes, rows, outcome
        from lines where event = 'phase'""",
    "requests": f"""
        select run_id, max(noted_at), source, endpoint, count(*), count(*) filter (not {ANSWERED}),
            count(*) filter (retries > 0), quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.95),
            quantile_cont(seconds, 0.99)
        from lines where event = 'request' group by run_id, source, endpoint""",
    "tables": """
        select run_id, noted_at, source, "table", rows, new_rows, bytes, newest_date
        from lines where event = 'table'""",
    "columns": """
        select run_id, noted_at, source, "table", "column", data_type, rows, nulls, valid
        from lines where event = 'column'""",
    "dbt_nodes": """
        select run_id, noted_at, node, resource_type, status, seconds, failures, nullif(message, '')
        from lines where event = 'dbt_node'""",
    "measures": """
        select run_id, noted_at, subject_type, subject, metric, value from lines where event = 'measure'""",
}
# the tables of which OBSERVED reads the rows of some days only
BY_MOMENT = ("phases", "requests", "tables", "columns", "dbt_nodes", "measures")
# Subject type, name, parent, metric, moment, value, run. What a build of everything took is no news of a day's build.
OBSERVED = """
    select 'run', verb, null, metric, coalesce(ended_at, started_at), value, run_id from operations.runs
    cross join lateral (values
        ('seconds', case when outcome = 'ok' and run_id not in (select w.run_id from operations.measures as w
            where w.metric = 'is_whole' and w.value = 1) then seconds end), ('runs', 1),
        ('failed', case when outcome is not null then (outcome = 'failed')::int end),
        ('killed', case when outcome is not null then (outcome = 'killed')::int end)) as told (metric, value)
    union all
    select 'phase', r.verb || '.' || phase || case when phase in ('transform', 'test')
        and run_id in (select w.run_id from operations.measures as w where w.metric = 'is_whole' and w.value = 1)
        then '_everything' else '' end, 'run:' || r.verb, metric, noted_at, value, run_id
    from noted_phases as p inner join operations.runs as r using (run_id)
    cross join lateral (values
        ('seconds', case when p.outcome = 'ok' then p.seconds end), ('cpu_seconds', cpu_seconds),
        ('peak_bytes', peak_bytes), ('bytes', bytes), ('rows_through', row_count)) as told (metric, value)
    union all
    select 'endpoint', source || '/' || endpoint, 'source:' || source, metric, noted_at, value, run_id
    from noted_requests
    cross join lateral (values
        ('requests', request_count), ('error_ratio', failed_count / request_count),
        ('retry_ratio', retry_count / request_count), ('latency_p50', 1000 * latency_p50),
        ('latency_p95', 1000 * latency_p95), ('latency_p99', 1000 * latency_p99)) as told (metric, value)
    union all
    select 'table', table_name, 'source:' || source, metric, noted_at, value, run_id from noted_tables
    cross join lateral (values
        ('rows', row_count), ('new_rows', new_row_count), ('bytes', bytes),
        ('age_days', date_diff('day', newest_date, noted_at::date))) as told (metric, value)
    union all
    select 'column', table_name || '.' || column_name, 'table:' || table_name, metric, noted_at, value, run_id
    from noted_columns
    cross join lateral (values
        ('null_ratio', null_count / nullif(row_count, 0)),
        ('valid_ratio', valid_count / nullif(row_count - null_count, 0))) as told (metric, value)
    union all
    select resource_type, node, 'run:build', metric, noted_at, value, run_id from noted_dbt_nodes
    cross join lateral (values
        ('seconds', case when resource_type = 'model' and status = 'ok' then seconds end),
        ('failed', case when status <> 'skipped' then (status = 'error')::int end),
        ('failures', case when status not in ('skipped', 'error') then failures end)) as told (metric, value)
    where resource_type in ('model', 'test')
    union all
    select subject_type, subject, case when subject_type = 'endpoint'
        then 'source:' || split_part(subject, '/', 1) end, metric, noted_at, value, run_id
    from noted_measures where metric <> 'is_whole'"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are missing."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for name, columns in TABLES.items():
        connection.execute(f"create table if not exists {SCHEMA}.{name} ({columns})")


def fill(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Take the journals of a warehouse into its tables; journals that it holds whole already are removed.

    `connection` is to the warehouse or the copy of it that is worked on.
    """
    with transaction(connection):
        prepare(connection)
    held = taken(connection)
    for file in journals(warehouse):
        with suppress(OSError):
            is_empty = not file.stat().st_size and not journal.is_alive(file)
            if file.stem in held or is_empty:
                file.unlink()
    files = [file for file in journals(warehouse) if file.stem not in held]
    with transaction(connection):
        take(connection, files)
        [(newest,)] = connection.execute(f"select max(started_at) from {SCHEMA}.runs").fetchall()
        for name in TABLES if newest else ():
            moment = {"runs": "started_at", "observations": "observed_date"}.get(name, "noted_at")
            # a literal, so that storage is skipped by it
            connection.execute(f"delete from {SCHEMA}.{name} where {moment} < timestamp '{newest - KEPT}'")


def taken(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The runs of which the warehouse has everything: they have ended."""
    query = f"select run_id from {SCHEMA}.runs where outcome is not null"
    return {run_id for (run_id,) in connection.execute(query).fetchall()}


def journals(warehouse: Path) -> list[Path]:
    """The journals beside a warehouse, the oldest first."""
    return sorted(journal.folder(warehouse).glob("*.jsonl"))


def take(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Write the rows of these journals, and observe the days that they touch again."""
    if not files:
        return
    _read(connection, files)
    for name, rows in ROWS.items():
        connection.execute(f"delete from {SCHEMA}.{name} where run_id in (select distinct run_id from lines)")
        connection.execute(f"insert into {SCHEMA}.{name} {rows}")
    days = connection.execute("select distinct noted_at::date from lines where noted_at is not null").fetchall()
    observe(connection, [day for (day,) in days])
    connection.execute("drop table lines; drop table alive")


def observe(connection: duckdb.DuckDBPyConnection, days: Sequence[date]) -> None:
    """Observe these days (again): one value of each series, from what the runs of the day noted."""
    if not days:
        return
    listed = ", ".join(f"date '{day}'" for day in days)
    # a range of literals, so that the storage of all other days is skipped
    during = f"noted_at >= timestamp '{min(days)}' and noted_at < timestamp '{max(days) + timedelta(1)}'"
    noted = ", ".join(f"noted_{name} as (from {SCHEMA}.{name} where {during})" for name in BY_MOMENT)
    summed = ", ".join(map(text, SUMMED))
    connection.execute(f"""
        delete from {SCHEMA}.observations where observed_date in ({listed});
        insert into {SCHEMA}.observations
        with {noted}, told (subject_type, name, parent_id, metric, noted_at, value, run_id) as ({OBSERVED})
        select subject_type || ':' || name, subject_type, name, max(parent_id), metric, noted_at::date,
            case when metric in ({summed}) then sum(value) else arg_max(value, (noted_at, run_id)) end,
            max(run_id)
        from told where noted_at::date in ({listed}) and value is not null
        group by subject_type, name, metric, noted_at::date
        order by noted_at::date, subject_type, name, metric""")


def _read(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """The lines of journals as a table `lines`, and the runs that are still at work as `alive`."""
    columns = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in FIELDS.items())
    named = ", ".join(text(str(file)) for file in files)
    shown = ", ".join("(\"at\" at time zone 'UTC') as noted_at" if name == "at" else quoted(name) for name in FIELDS)
    alive = ", ".join(f"({text(file.stem)})" for file in files if journal.is_alive(file)) or "(null::varchar)"
    # half a line, of a run that was killed as it wrote, is no line
    connection.execute(f"""
        create or replace temp table alive as
        select run_id from (values {alive}) as v (run_id) where run_id is not null;
        create or replace temp table lines as
        select regexp_extract(filename, '([^/]+)\\.jsonl$', 1) as run_id, {shown}
        from read_json([{named}], format = 'newline_delimited', columns = {{{columns}}}, filename = true,
            ignore_errors = true)
        where event is not null""")
