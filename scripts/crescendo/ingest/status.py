"""What is in the warehouse: files, rows, what was rejected, undeclared fields, and whether the ledger adds up."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
import duckdb

from crescendo import builds, outcome, warehouse
from crescendo.ingest import flatten
from crescendo.options import format_option
from crescendo.shapes import Document, Source
from crescendo.sources import all_sources
from crescendo.terminal import printable
from crescendo.warehouse import one, quoted

if TYPE_CHECKING:
    from rich.console import Console

# files whose counts do not add up
UNBALANCED = """
    select _file_id, path from load_audit.files
    where records_in <> records_loaded + records_duplicate + records_rejected
        or rows_in <> rows_loaded + rows_duplicate + rows_rejected
"""

# refused files, those with rejects, then the newest: what matters is seen among a thousand. A refusal that a later
# load of the same path made good is history.
FILES = """
    select * from load_audit.files as f
    where is_current or (status = 'refused' and _file_id = (
        select max(_file_id) from load_audit.files as other where other.path = f.path))
    order by status = 'refused' desc, records_rejected + rows_rejected > 0 desc, _load_id desc, path
"""
# one example of every file and reason before the second of any
REJECTED = """
    select f.path as file, r.* exclude (_load_id, _file_id) from load_audit.rejected_records as r
    inner join load_audit.files as f on f._file_id = r._file_id and (f.is_current or f.status = 'refused')
    order by row_number() over (partition by f.path, r.reason order by r.line, r.record_index, r.path),
        f._load_id desc, f.path, r.line, r.record_index, r.path
    limit 1000
"""
FINDINGS = """
    select finding_kind, sum(finding_count)::bigint as finding_count, any_value(k.is_set_aside) as is_set_aside,
        any_value(k.meaning) as meaning, min_by(struct_pack(record_id, place, example, file_path), (record_id, place))
            as example
    from quality.fct_findings inner join seeds.finding_kinds as k using (finding_kind)
    group by finding_kind order by is_set_aside desc, finding_count desc, finding_kind
"""

MOST = 60  # characters of a cell
WHOLE = ("reason", "meaning", "example")  # sentences


@dataclass
class Status:
    """The state of the warehouse. `problems` is empty if every record is accounted for and no promise is broken."""

    warehouse: str
    size_bytes: int
    loads: list[dict] = field(default_factory=list)
    files: list[dict] = field(default_factory=list)
    tables: list[dict] = field(default_factory=list)
    rejected: list[dict] = field(default_factory=list)
    unknown_fields: list[dict] = field(default_factory=list)
    findings: list[dict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def status() -> Status:
    """Read the ledger and the raw tables. Raises CrescendoError if there is no warehouse."""
    with warehouse.connect(read_only=True) as connection:
        result = Status(str(warehouse.path()), warehouse.path().stat().st_size)
        if not _rows(connection, "select 1 from information_schema.tables where table_schema = 'load_audit'"):
            return result
        result.loads = _rows(connection, "select * from load_audit.loads order by _load_id desc limit 10")
        result.files = _rows(connection, FILES)
        result.rejected = _rows(connection, REJECTED)
        result.unknown_fields = _rows(
            connection,
            """select f.path as file, u.* exclude (_load_id, _file_id) from load_audit.unknown_fields as u
            inner join load_audit.files as f on f._file_id = u._file_id and f.is_current order by all""",
        )
        result.tables = list(_tables(connection))
        result.findings = found(connection)
        unbuilt = filter(None, [builds.unbuilt(connection)])
        result.problems = [*_problems(connection), *outcome.noted(connection), *unbuilt]
        return result


def found(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """What is wrong with the data, a row a kind: how often, an example, what it means. Set aside first."""
    return _rows(connection, FINDINGS) if _exists(connection, "quality", "fct_findings") else []


def _exists(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    asked = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
    return connection.execute(asked, [schema, table]).fetchone() is not None


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[dict]:
    """Each raw table: its rows, its newest day, and a digest of what it says (not of where it came from)."""
    # a column that the declaration has gained since is added by the next load
    existing: dict[tuple[str, str], set[str]] = {}
    for row in _rows(connection, "select table_schema, table_name, column_name from information_schema.columns"):
        existing.setdefault((row["table_schema"], row["table_name"]), set()).add(row["column_name"])
    declared = {
        (source.schema, table.name): table
        for source in all_sources().values()
        for document in source.documents
        for table in flatten.raw_tables(document)
    }
    for (schema, name), table in declared.items():
        if (schema, name) in existing:
            yield _table(connection, schema, table, existing[schema, name])


def _table(connection: duckdb.DuckDBPyConnection, schema: str, table: flatten.RawTable, existing: set[str]) -> dict:
    columns = {name: kind for name, kind in table.columns.items() if name in existing}
    unsaid = flatten.LOADER_COLUMNS if table.is_root else ("_load_id",)
    said = [quoted(name) for name in columns if name not in unsaid]
    days = [quoted(name) for name, kind in columns.items() if kind == "DATE"]
    newest = f"max({days[0]})" if days else "null::date"
    name = f"{quoted(schema)}.{quoted(table.name)}"
    [row] = _rows(
        connection,
        f"select count(*) as rows, {newest} as newest_day,"
        f" printf('%x', coalesce(bit_xor(hash({', '.join(said)})), 0)) as digest from {name}",
    )
    return {"table": f"{schema}.{table.name}", **row}


def _problems(connection: duckdb.DuckDBPyConnection) -> list[str]:
    problems = [
        f"{row['path']}: records or rows in are not loaded + duplicate + rejected; load the file again"
        for row in _rows(connection, UNBALANCED)
    ]
    existing = {(row["table_schema"], row["table_name"]) for row in _rows(connection, "from information_schema.tables")}
    for source in all_sources().values():
        documents: dict[str, list[Document]] = {}  # several documents may share a table
        for document in source.documents:
            documents.setdefault(document.table, []).append(document)
        for table, sharing in documents.items():
            if (source.schema, table) in existing:
                problems += _imbalance(connection, source, sharing)
    return problems


def _imbalance(connection: duckdb.DuckDBPyConnection, source: Source, documents: list[Document]) -> list[str]:
    """Whether the raw tables of documents that share them hold just what the ledger says they do."""
    owned = one(
        connection,
        """select count(*), coalesce(sum(row_count), 0)::bigint from (
            select distinct r._row_id, r.row_count from load_audit.file_records as r
            inner join load_audit.files as f on f._file_id = r._file_id
            where f.is_current and f.source = ? and f.document in (select unnest(?)))""",
        [source.name, [document.name for document in documents]],
    )
    tables = {table.name: table.is_root for document in documents for table in flatten.raw_tables(document)}
    held = [0, 0]
    for name, is_root in tables.items():
        [count] = one(connection, f"select count(*) from {quoted(source.schema)}.{quoted(name)}")
        held[0 if is_root else 1] += count
    where = f"{source.schema}.{documents[0].table}"
    return [
        f"{where} holds {found} {what} and the ledger {known}: delete the warehouse and load again"
        for what, found, known in zip(("records", "rows in its child tables"), held, owned, strict=True)
        if found != known
    ]


@click.command("status")
@format_option("table", "json")
@click.option("--all", "everything", is_flag=True, help="Every file, table and example, not one screen.")
def status_command(form: str, everything: bool) -> int:
    """Show what was loaded, rejected, unknown and found; exit code 1 if a record is not accounted for.

    \b
    Example:
      crescendo status
      crescendo status --all
      crescendo status --format json
    """
    from crescendo.ingest.screen import screen

    result = status()
    if form == "json":
        click.echo(json.dumps(asdict(result), default=str))
    elif everything:
        _print(result)
    else:
        click.echo("\n".join(screen(result)))
    for problem in result.problems:
        click.echo(f"error: {problem}", err=True)
    return 1 if result.problems else 0


def _print(result: Status) -> None:
    from rich.console import Console

    console = Console(width=None if click.get_text_stream("stdout").isatty() else 140)
    console.print(f"{result.warehouse}, {result.size_bytes / 1e6:,.1f} MB, {len(result.loads)} last loads")
    refused = [file for file in result.files if file["status"] == "refused"]
    partial = sum(file["records_rejected"] + file["rows_rejected"] > 0 for file in result.files)
    rejects = f"{partial:,} with rejected records or rows"
    console.print(f"{len(result.files):,} files: {len(refused):,} refused, {rejects}")
    for file in refused[:20]:
        # a path is data, not markup; a sentence is not cut
        said = printable(f"refused: {file['path']} {file['reason']}")
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    if len(refused) > 20:
        console.print(f"... and {len(refused) - 20} more refused: crescendo status --format json")
    loaded = [file for file in result.files if file["status"] != "refused"]
    counts = [f"records_{how}" for how in ("in", "loaded", "duplicate", "rejected")]
    counts += ["rows_loaded", "rows_rejected", "values_rejected"]
    print_table(console, "Files", loaded, ("path", "status", *counts), 20)
    print_table(console, "Rejected", result.rejected, ("file", "line", "path", "reason", "sample"), 20)
    findings = [row | {"example": _example(row["example"])} for row in result.findings]
    for row in findings:
        row["set_aside"] = "set aside" if row["is_set_aside"] else "kept"
    columns = ("finding_kind", "finding_count", "set_aside", "example", "meaning")
    print_table(console, "Findings about the data", findings, columns, 100)
    print_table(console, "Unknown fields", result.unknown_fields, ("file", "path", "record_count", "sample"), 20)
    held = [table for table in result.tables if table["rows"]]
    print_table(console, "Raw tables", held, ("table", "rows", "newest_day", "digest"), 100)
    if not result.problems:
        console.print("Every record is accounted for: in = loaded + duplicate + rejected, in every file.")


def _example(example: dict) -> str:
    """One finding in words: of which record, where, what was sent, in which file."""
    where = " ".join(example[name] for name in ("record_id", "place") if example[name])
    sent = f": {example['example'][:MOST]}" if example["example"] else ""
    return where + sent + (f" in {Path(example['file_path']).name}" if example["file_path"] else "")


def _cell(column: str, value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    said = "" if value is None else printable(value)
    if len(said) <= MOST or column in WHOLE:
        return said
    # files differ in how their paths end
    return f"…{said[-MOST:]}" if column in ("path", "file") else f"{said[:MOST]}…"


def print_table(console: "Console", title: str, rows: list[dict], columns: tuple[str, ...], most: int) -> None:
    """Print rows as a table, `most` of them at most."""
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=f"{title} ({len(rows)})", title_justify="left", box=None)
    for column in columns:
        is_number = isinstance(rows[0][column], int)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows[:most]:
        table.add_row(*(Text(_cell(column, row[column])) for column in columns))  # a sample is data, not markup
    console.print(table)
    if len(rows) > most:
        console.print(f"... and {len(rows) - most} more: crescendo status --format json")
