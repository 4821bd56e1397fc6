"""What a run measures beside its phases: files, rows, columns, the disk, and what dbt says of models and tests.

All of it is read after the work, by the process that did it. Of rows only those of the load at hand are read, once a
table; a count of all rows is known to the database. So the cost does not grow with what is there. Measuring never
breaks a run: what cannot be measured is not measured.
"""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from crescendo.ingest import flatten
from crescendo.ingest.ledger import FileResult
from crescendo.ingest.run import LoadResult
from crescendo.operations.journal import Run
from crescendo.sources import all_sources
from crescendo.warehouse import one, quoted

# the form of a text: its column's name, and what holds for a value that has it
FORMS = (
    (re.compile(r"(^|_)e?mail$"), r"regexp_full_match({0}, '[^@\s]+@[^@\s]+\.[^@\s.]+')"),
    (re.compile(r"(^|_)url$"), r"regexp_full_match({0}, 'https?://[^\s/]+\S*')"),
    (re.compile(r"(^|_)isrc$"), r"regexp_full_match({0}, '[A-Z]{{2}}[A-Z0-9]{{3}}[0-9]{{7}}')"),
    (re.compile(r"(^|_)duration$"), r"regexp_full_match({0}, '([0-9]+:)?[0-9]{{1,2}}:[0-5][0-9]')"),
    (re.compile(r"_at$"), "try_cast({0} as timestamptz) is not null"),
    (re.compile(r"(^|_)date$"), "try_cast({0} as timestamptz) is not null"),
)
TABLES = """
    select schema_name, table_name, estimated_size from duckdb_tables()
    where database_name = current_database() and not internal and not temporary
        and schema_name not in ('load_audit', 'operations', 'seeds', 'intermediate')
    order by all"""
COLUMNS = """
    select schema_name || '.' || table_name, list({'name': column_name, 'type': data_type} order by column_index)
    from duckdb_columns() where database_name = current_database() and schema_name like 'raw\\_%' escape '\\'
    group by all"""
UNKNOWN = """
    select f.source, f.document, count(distinct u.path) from load_audit.unknown_fields as u
    inner join load_audit.files as f on f._file_id = u._file_id where u._load_id = ? group by all"""
FINDINGS = "select finding_kind, sum(finding_count)::bigint from quality.fct_findings group by all order by all"
TYPES = ("model", "seed", "test", "snapshot")
MESSAGE = 300  # characters
SMALL = 1_000_000  # rows; of fewer, a second thread costs more than it does


def size_of(result: LoadResult) -> tuple[int, int]:
    """The rows and bytes that a load brought."""
    done = [file for file in result.files if file.status == "loaded"]
    return _total(done, "records_loaded", "rows_loaded"), sum(file.size_bytes for file in done)


def loaded(run: Run, connection: duckdb.DuckDBPyConnection, result: LoadResult) -> None:
    """Note what a load brought, by source, document, table and column.

    If that is little, the connection is left with one thread.
    """
    with suppress(duckdb.Error):
        done = [file for file in result.files if file.status == "loaded"]
        if _total(done, "records_loaded", "rows_loaded") < SMALL:
            connection.execute("set threads = 1")
        _sources(run, result.files)
        _documents(run, connection, done, result.load_id)
        if result.load_id is not None:
            _raw_tables(run, connection, done, result.load_id)


def built(run: Run, connection: duckdb.DuckDBPyConnection, target: Path, *, is_whole: bool = False) -> None:
    """Note what dbt left in its folder of artifacts, the rows of each table, and what is wrong in the data.

    `is_whole` says that all was built: how long that took is not to be compared with what a day takes.
    """
    run.measure("run", "build", "crescendo", "is_whole", float(is_whole))
    with suppress(OSError, ValueError, KeyError, TypeError):
        _nodes(run, target)
    with suppress(duckdb.Error):
        for schema, table, rows in connection.execute(TABLES).fetchall():
            if not schema.startswith("raw_"):
                run.table(schema, f"{schema}.{table}", rows)
        for kind, count in connection.execute(FINDINGS).fetchall():
            run.measure("finding", kind, "crescendo", "findings", count)


def disk(run: Run, file: Path) -> None:
    """Note how large a warehouse is, and how much of its disk is free."""
    with suppress(OSError):
        if file.exists():
            run.measure("warehouse", "warehouse", "crescendo", "file_bytes", file.stat().st_size)
        usage = shutil.disk_usage(file.absolute().parent)
        run.measure("warehouse", "warehouse", "crescendo", "disk_free_ratio", usage.free / usage.total)


def _sources(run: Run, files: list[FileResult]) -> None:
    names = {file.source for file in files if file.source}
    refused = sum(file.status == "refused" for file in files)
    for name in sorted(names):
        own = [file for file in files if file.source == name and file.status == "loaded"]
        if own:
            run.measure("source", name, "crescendo", "files", len(own))
            run.measure("source", name, "crescendo", "new_rows", _total(own, "records_loaded", "rows_loaded"))
    run.measure("source", "files", "crescendo", "refused_files", refused)


def _documents(run: Run, connection: duckdb.DuckDBPyConnection, done: list[FileResult], load_id: int | None) -> None:
    """Of each document that files were loaded of: records, and the shares that were rejected or known already."""
    unknown = {}
    if load_id is not None:
        rows = connection.execute(UNKNOWN, [load_id]).fetchall()
        unknown = {(source, document): count for source, document, count in rows}
    for (source, document), files in sorted(_grouped(done).items()):
        subject = f"{source}/{document}"
        records = _total(files, "records_in")
        rejected = _total(files, "records_rejected", "rows_rejected", "values_rejected")
        duplicate = _total(files, "records_duplicate") / records if records else 0
        for metric, value in (
            ("records", records), ("rejected_ratio", rejected / max(records, 1)), ("duplicate_ratio", duplicate),
            ("unknown_fields", unknown.get((source, document), 0)),
        ):  # fmt: skip
            run.measure("endpoint", subject, "crescendo", metric, value)


def _raw_tables(run: Run, connection: duckdb.DuckDBPyConnection, done: list[FileResult], load_id: int) -> None:
    """Note the raw tables of the documents that were loaded: all rows, new rows, bytes, newest day, columns."""
    sizes = {f"{schema}.{table}": rows for schema, table, rows in connection.execute(TABLES).fetchall()}
    kinds = {
        table: {c["name"]: c["type"] for c in columns} for table, columns in connection.execute(COLUMNS).fetchall()
    }
    documents, seen = _grouped(done), set()
    for source in all_sources().values():
        for document in source.documents:
            files = documents.get((source.name, document.name), [])
            for table in flatten.raw_tables(document) if files else ():
                name = f"{source.schema}.{table.name}"
                if name in seen or name not in kinds:  # documents may share a table
                    continue
                seen.add(name)
                size = sum(file.size_bytes for file in files) if table.is_root else None
                _raw_table(run, connection, source.name, name, kinds[name], sizes.get(name, 0), size, load_id)


def _raw_table(
    run: Run, connection: duckdb.DuckDBPyConnection, source: str, name: str, kinds: dict[str, str], rows: int,
    size: int | None, load_id: int,
) -> None:  # fmt: skip
    if "_load_id" not in kinds:
        run.table(source, name, rows)
        return
    said = {column: kind for column, kind in kinds.items() if not column.startswith("_")}
    days = [column for column, kind in said.items() if kind == "DATE"]
    asked = [f"max({quoted(days[0])})" if days else "null", "count(*)"]
    forms = {column: _form(column, kind) for column, kind in said.items()}
    for column, form in forms.items():
        asked += [f"count({quoted(column)})", f"count(*) filter (where {form})" if form else "null"]
    schema, table = name.split(".")
    newest, new, *counts = one(
        connection, f"select {', '.join(asked)} from {quoted(schema)}.{quoted(table)} where _load_id = {load_id}"
    )
    run.table(source, name, rows, new, size, newest)
    for column, known, valid in zip(said, counts[::2], counts[1::2], strict=True) if new else ():
        run.column(source, name, column, said[column], new, new - known, valid)


def _form(column: str, kind: str) -> str:
    """The condition of a value that has the form that its column's name promises; empty if it promises none."""
    if kind == "VARCHAR":
        for name, condition in FORMS:
            if name.search(column):
                return condition.format(quoted(column))
    return ""


def _nodes(run: Run, target: Path) -> None:
    """Note each node of dbt's last run, once it has ended."""
    seconds = dict.fromkeys(TYPES, 0.0)
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        kind, *_, name = result["unique_id"].split(".")[:3]
        if kind not in TYPES:
            continue
        seconds[kind] += result["execution_time"]
        message = " ".join((result["message"] or "").split())[:MESSAGE] if result["status"] in ("error", "fail") else ""
        run.dbt_node(name, kind, _status(result["status"]), result["execution_time"], result["failures"], message)
    run.spent("test", seconds["test"])


def _status(said: str) -> str:
    """One vocabulary for models, seeds and tests: ok, failed (rows break a test), error, skipped."""
    return {"success": "ok", "pass": "ok", "warn": "failed", "fail": "failed", "skipped": "skipped"}.get(said, "error")


def _grouped(files: Iterable[FileResult]) -> dict[tuple[str, str], list[FileResult]]:
    groups: dict[tuple[str, str], list[FileResult]] = defaultdict(list)
    for file in files:
        groups[file.source, file.document].append(file)
    return groups


def _total(files: Iterable[FileResult], *counts: str) -> int:
    return sum(file.counts[count] for file in files for count in counts)
