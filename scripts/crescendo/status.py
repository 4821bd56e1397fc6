"""What is in the warehouse: files, rows, what was rejected, what nobody declared, and whether the ledger adds up."""

import json
from dataclasses import asdict, dataclass, field

import click
import duckdb

from crescendo import flatten, warehouse
from crescendo.shapes import Source
from crescendo.sources import all_sources
from crescendo.warehouse import quoted

# where the equation of the ledger does not hold
UNBALANCED = """
    select _file_id, path from load_audit.files
    where records_in <> records_loaded + records_duplicate + records_rejected
        or rows_in <> rows_loaded + rows_duplicate + rows_rejected
"""


@dataclass
class Status:
    """The state of the warehouse. `problems` is empty where every record is accounted for."""

    warehouse: str
    size_bytes: int
    loads: list[dict] = field(default_factory=list)
    files: list[dict] = field(default_factory=list)
    tables: list[dict] = field(default_factory=list)
    rejected: list[dict] = field(default_factory=list)
    unknown_fields: list[dict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def status() -> Status:
    """Read the ledger and the raw tables. Raises CrescendoError where there is no warehouse."""
    with warehouse.connect(read_only=True) as connection:
        result = Status(str(warehouse.path()), warehouse.path().stat().st_size)
        if not _rows(connection, "select 1 from information_schema.tables where table_schema = 'load_audit'"):
            return result
        result.loads = _rows(connection, "select * from load_audit.loads order by _load_id desc limit 10")
        result.files = _rows(connection, "select * from load_audit.files where is_current or status = 'refused'")
        result.rejected = _rows(
            connection,
            """select f.path as file, r.* exclude (_load_id, _file_id) from load_audit.rejected_records as r
            inner join load_audit.files as f on f._file_id = r._file_id and f.is_current order by all limit 1000""",
        )
        result.unknown_fields = _rows(
            connection,
            """select f.path as file, u.* exclude (_load_id, _file_id) from load_audit.unknown_fields as u
            inner join load_audit.files as f on f._file_id = u._file_id and f.is_current order by all""",
        )
        result.tables = list(_tables(connection))
        result.problems = _problems(connection)
        return result


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _tables(connection: duckdb.DuckDBPyConnection):
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
    said = [quoted(name) for name in columns if not table.is_root or name not in flatten.LOADER_COLUMNS]
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
    for source in all_sources().values():
        documents: dict[str, list[str]] = {}  # several documents may share a table
        for document in source.documents:
            documents.setdefault(document.table, []).append(document.name)
        for table, names in documents.items():
            problems += _imbalance(connection, source, table, names)
    return problems


def _imbalance(connection: duckdb.DuckDBPyConnection, source: Source, table: str, documents: list[str]) -> list[str]:
    """Whether a root table holds just the records that the ledger says it does."""
    [owned] = connection.execute(
        """select count(distinct r._row_id) from load_audit.file_records as r
        inner join load_audit.files as f on f._file_id = r._file_id
        where f.is_current and f.source = ? and f.document in (select unnest(?))""",
        [source.name, documents],
    ).fetchone()
    if not owned:
        return []
    [held] = connection.execute(f"select count(*) from {quoted(source.schema)}.{quoted(table)}").fetchone()
    if held == owned:
        return []
    where = f"{source.schema}.{table}"
    return [f"{where} holds {held} records and the ledger {owned}: delete the warehouse and load again"]


@click.command("status")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def status_command(form: str) -> int:
    """Show what was loaded, rejected and unknown; exit code 1 where a record is not accounted for.

    \b
    Example:
      crescendo status
      crescendo status --format json
    """
    result = status()
    if form == "json":
        click.echo(json.dumps(asdict(result), default=str))
    else:
        _print(result)
    for problem in result.problems:
        click.echo(f"error: {problem}", err=True)
    return 1 if result.problems else 0


def _print(result: Status) -> None:
    from rich.console import Console

    console = Console(width=None if click.get_text_stream("stdout").isatty() else 140)
    console.print(f"{result.warehouse}, {result.size_bytes / 1e6:,.1f} MB, {len(result.loads)} last loads")
    counts = ("records_in", "records_loaded", "records_duplicate", "records_rejected", "rows_loaded", "rows_rejected")
    _print_table(console, "Files", result.files, ("path", "status", *counts), 20)
    _print_table(console, "Raw tables", result.tables, ("table", "rows", "newest_day", "digest"), 100)
    _print_table(console, "Rejected", result.rejected, ("file", "line", "path", "reason", "sample"), 20)
    _print_table(console, "Unknown fields", result.unknown_fields, ("file", "path", "record_count", "sample"), 20)
    if not result.problems:
        console.print("Every record is accounted for: in = loaded + duplicate + rejected, in every file.")


def _print_table(console, title: str, rows: list[dict], columns: tuple[str, ...], most: int) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=f"{title} ({len(rows)})", title_justify="left", box=None)
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right" if isinstance(rows[0][column], int) else "left")
    for row in rows[:most]:
        # Text: a sample is somebody's data, not markup
        table.add_row(
            *(Text(f"{v:,}" if isinstance(v := row[c], int) else str("" if v is None else v)[:60]) for c in columns)
        )
    console.print(table)
    if len(rows) > most:
        console.print(f"... and {len(rows) - most} more: crescendo status --format json")
