"""The ledger beside the data: what each load brought, what was rejected and why, which fields are undeclared.

For every file, always: records_in = records_loaded + records_duplicate + records_rejected, and the same for the rows
of child tables. A value that is rejected alone leaves a null in a row or record that is loaded; `values_rejected`
counts those. A record that two files hold is owned by both: it leaves when the last of them is replaced.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from crescendo.errors import CrescendoError
from crescendo.ingest import flatten, landing, places
from crescendo.ingest.flatten import RawTable
from crescendo.operations import store
from crescendo.shapes import Source
from crescendo.sources import all_sources
from crescendo.warehouse import one, path, quoted

BALANCED = tuple(f"{what}_{how}" for what in ("records", "rows") for how in ("in", "loaded", "duplicate", "rejected"))
COUNTS = (*BALANCED, "values_rejected")
REJECT = ("level", "record_index", "line", "path", "reason", "sample")
MOST_SHOWN = 100  # rejects per file in the result of a load; the ledger has all
TABLES = {
    "loads": """
        _load_id bigint primary key, started_at timestamp not null, finished_at timestamp, version varchar not null""",
    "files": f"""
        _file_id bigint primary key, _load_id bigint not null, source varchar, document varchar, path varchar not null,
        content_sha256 varchar, size_bytes bigint not null, status varchar not null, reason varchar,
        is_current boolean not null, {", ".join(f"{name} bigint not null default 0" for name in COUNTS)}""",
    # `_index` is the record's place in the file, the last if the file has it twice
    "file_records": "_file_id bigint not null, _row_id uuid not null, row_count bigint, _index bigint",
    "rejected_records": """
        _load_id bigint not null, _file_id bigint not null, level varchar not null, record_index bigint, line bigint,
        path varchar, reason varchar not null, sample varchar""",
    "unknown_fields": """
        _load_id bigint not null, _file_id bigint not null, path varchar not null, record_count bigint not null,
        sample varchar""",
    # which raw tables were written to, in the order of touch_id; `crescendo build` builds what is made from them
    "touched_tables": """
        touch_id bigint not null, touched_at timestamp not null, _load_id bigint, schema_name varchar not null,
        table_name varchar not null""",
}
# a load writes to the ledger itself; with it the build takes in what we measured of ourselves
WITH_EVERY_LOAD = (
    *(("load_audit", name) for name in TABLES if name != "touched_tables"),
    *((store.SCHEMA, name) for name in store.TABLES),
)


@dataclass
class FileResult:
    """What became of one file. `status` is 'loaded', 'unchanged' or 'refused'; the counts are those of COUNTS.

    `reason` is why it is refused, or what there is to know of a file that is loaded.
    `rejects` are the first of what the ledger says was rejected; `reject_kinds` counts all of it: one of REJECT for
    each level, field and reason, with its `count`. `file_id` is 0 if there was nothing to enter.
    """

    path: str
    size_bytes: int
    status: str
    reason: str = ""
    source: str = ""
    document: str = ""
    content_sha256: str = ""
    file_id: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    rejects: list[dict] = field(default_factory=list)
    reject_kinds: list[dict] = field(default_factory=list)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the ledger if it is missing."""
    connection.execute("create schema if not exists load_audit")
    for name, columns in TABLES.items():
        connection.execute(f"create table if not exists load_audit.{name} ({columns})")
    # a warehouse from before rows were counted by record, and values at all
    connection.execute("alter table load_audit.file_records add column if not exists row_count bigint")
    connection.execute("alter table load_audit.files add column if not exists values_rejected bigint default 0")


def prepare_raw(connection: duckdb.DuckDBPyConnection, source: Source, tables: list[RawTable]) -> None:
    """Create a source's raw tables if they are missing, and the columns that their declarations have gained.

    Raises CrescendoError if a table is as an earlier version made it: it identifies its rows otherwise, or does not
    say of them what their page says.
    """
    schema = quoted(source.schema)
    connection.execute(f"create schema if not exists {schema}")
    existing: dict[str, set[str]] = defaultdict(set)
    found = """select table_name, column_name from duckdb_columns()
        where schema_name = ? and database_name = current_database()"""
    for table_name, column in connection.execute(found, [source.schema]).fetchall():
        existing[table_name].add(column)
    for table in tables:
        name, known = f"{schema}.{quoted(table.name)}", existing[table.name]
        if "_row_id" in known - set(table.columns) or (known and not known >= set(table.carried)):
            raise CrescendoError(f"{path()} is of an earlier version of Crescendo: load into a new file")
        if not known:
            columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in table.columns.items())
            connection.execute(f"create table {name} ({columns})")
            existing[table.name] = set(table.columns)
        for column in [column for column in table.columns if known and column not in known]:
            connection.execute(f"alter table {name} add column {quoted(column)} {table.columns[column]}")


def next_id(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    """The next number of a ledger table. There is one writer, so no sequence is needed."""
    [number] = one(connection, f"select coalesce(max({quoted(column)}), 0) + 1 from load_audit.{table}")
    return int(number)


def begin(connection: duckdb.DuckDBPyConnection, load_id: int, version: str) -> None:
    """Enter a load that begins."""
    connection.execute("insert into load_audit.loads values (?, ?, null, ?)", [load_id, now(), version])


def end(connection: duckdb.DuckDBPyConnection, load_id: int) -> None:
    """Enter the end of a load."""
    touch(connection, WITH_EVERY_LOAD, load_id)
    connection.execute("update load_audit.loads set finished_at = ? where _load_id = ?", [now(), load_id])


def touch(connection: duckdb.DuckDBPyConnection, tables: Iterable[tuple[str, str]], load_id: int | None = None) -> None:
    """Note that these tables (schema, name) were written to, by a load or otherwise.

    Whatever writes to a table that dbt knows as a source says so here, or `crescendo build` does not see it.
    """
    written = sorted(set(tables))
    if written:
        connection.execute("create schema if not exists load_audit")
        connection.execute(f"create table if not exists load_audit.touched_tables ({TABLES['touched_tables']})")
        marks = ", ".join(["(?, ?)"] * len(written))
        connection.execute(
            f"""insert into load_audit.touched_tables
            select (select coalesce(max(touch_id), 0) + 1 from load_audit.touched_tables), ?, ?, schema_name, table_name
            from (values {marks}) as written (schema_name, table_name)""",
            [now(), load_id, *(name for table in written for name in table)],
        )


def refuse(connection: duckdb.DuckDBPyConnection, load_id: int, file: Path, reason: str) -> FileResult:
    """Enter a file that cannot be read, if that is news. What the path once brought stays."""
    result = FileResult(name_of(file), landing.size_of(file), "refused", reason)
    if last_reason(connection, result.path) != reason:
        result.file_id = next_id(connection, "files", "_file_id")
        write_files(connection, load_id, [result])
    return result


def name_of(file: Path) -> str:
    """The path by which the ledger knows a file: absolute, and bytes that are not UTF-8 as escapes."""
    return str(file.absolute()).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def known_files(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The sha256 of each current file, by path."""
    return dict(connection.execute("select path, content_sha256 from load_audit.files where is_current").fetchall())


def last_reason(connection: duckdb.DuckDBPyConnection, path: str) -> str | None:
    """Why a path was refused when it was last met; None if it was not."""
    found = connection.execute(
        "select reason from load_audit.files where path = ? order by _file_id desc limit 1", [path]
    ).fetchone()
    return found[0] if found else None


def field_of(path: str | None) -> str:
    """The field that a place in a record is of: 'timeSeries[*].date' of 'timeSeries[3].date'."""
    return re.sub(r"\[\d+\]", "[*]", path or "")


def now() -> datetime:
    """The time in UTC, without a zone, as every timestamp in the warehouse."""
    return datetime.now(UTC).replace(tzinfo=None)


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: list[list]) -> None:
    """Insert rows as one JSON text: DuckDB's executemany takes a millisecond a row."""
    if rows:
        types = [row[1] for row in connection.execute(f"describe {table}").fetchall()]
        fields = ", ".join(f"(row ->> {number})::{kind}" for number, kind in enumerate(types))
        connection.execute(
            f"insert into {table} select {fields} from (select unnest(from_json(?, '[\"JSON\"]')) as row)",
            [json.dumps(rows, ensure_ascii=False)],
        )


def write_files(connection: duckdb.DuckDBPyConnection, load_id: int, results: list[FileResult]) -> None:
    """Enter files in the ledger. A loaded file takes the place of its path's earlier state; a refused one does not."""
    retire(connection, [result.path for result in results if result.status == "loaded"])
    append(
        connection,
        "load_audit.files",
        [
            [
                result.file_id, load_id, result.source or None, result.document or None, result.path,
                result.content_sha256 or None, result.size_bytes, result.status, result.reason or None,
                result.status == "loaded", *(result.counts[name] for name in COUNTS),
            ]
            for result in results
        ],
    )  # fmt: skip


def retire(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Say of files that they are current no more; `remove_replaced` then takes their rows."""
    connection.execute(
        "update load_audit.files set is_current = false where is_current and path in (select unnest(?))", [paths]
    )


def remove_replaced(
    connection: duckdb.DuckDBPyConnection, documents: Iterable[tuple[Source, list[RawTable]]], load_id: int
) -> None:
    """Remove what only files held that are current no more, from all raw tables and from the lists of records."""
    touched: set[tuple[str, str]] = set()
    for source, tables in documents:
        touched |= _drop_replaced(connection, source, tables)
    touch(connection, touched | _of_retired(connection), load_id)
    connection.execute("""
        delete from load_audit.file_records as r using load_audit.files as f
        where f._file_id = r._file_id and not f.is_current
    """)


def tables_of(source: Source, document: str) -> set[tuple[str, str]]:
    """The raw tables (schema, name) of a document; all of the source if it has no document of that name."""
    named = [known for known in source.documents if known.name == document] or source.documents
    return {(source.schema, table.name) for known in named for table in flatten.raw_tables(known)}


def _of_retired(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """The raw tables of the files that are about to leave, though all of their rows may be another file's too."""
    retired = connection.execute("""
        select distinct f.source, f.document from load_audit.files as f
        semi join load_audit.file_records as r on f._file_id = r._file_id
        where not f.is_current
    """).fetchall()
    known = all_sources()
    found = (tables_of(known[source], document) for source, document in retired if source in known)
    return set().union(*found)


def _drop_replaced(
    connection: duckdb.DuckDBPyConnection, source: Source, tables: list[RawTable]
) -> set[tuple[str, str]]:
    """Remove from a document's raw tables what only replaced files held; other rows name the last file that has them.

    Returns the tables (schema, name) in which anything was changed.
    """
    touched: set[tuple[str, str]] = set()

    def change(table: RawTable, statement: str) -> None:
        if one(connection, statement)[0]:
            touched.add((source.schema, table.name))

    schema, root = quoted(source.schema), quoted(tables[0].name)
    held = "select r._row_id from load_audit.file_records as r semi join load_audit.files as f"
    held += " on f._file_id = r._file_id and f.is_current"
    for table in tables[1:]:
        change(table, f"delete from {schema}.{quoted(table.name)} where _parent_row_id not in ({held})")
    change(tables[0], f"delete from {schema}.{root} where _row_id not in ({held})")
    return touched | places.move_back(connection, source, tables)
