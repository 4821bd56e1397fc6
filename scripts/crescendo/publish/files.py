"""The tables that people read, as CSV or Parquet files, whole or not at all."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation
from crescendo.publish.contents import NEXT, OLD, Published, built, checksum, rows_with_nul, without_nul
from crescendo.publish.raw import write_raw
from crescendo.publish.spreadsheet import safe_sql
from crescendo.warehouse import quoted, text

# the list of an export's tables: a folder that has it is ours to replace
CONTENTS = "contents.json"
# where a fact without rows lies: what Hive calls the folder of no value
NO_MONTH = "month=__HIVE_DEFAULT_PARTITION__"


def publish_files(folder: Path, kind: str, file: Path | None = None) -> list[Published]:
    """Write every table and view below `folder`/<kind>, 'csv' or 'parquet'; what an earlier export wrote is replaced.

    'raw' writes, as Parquet, the tables that they are built from. `file` is the warehouse, that of CRESCENDO_DB if
    None.

    The files are written beside, read back and compared, and then take the place of the old ones. Raises
    CrescendoError where the folder holds something else, cannot be written, or what was written differs.
    """
    warehouse.require(file)
    final = folder / kind
    beside, old = (final.with_name(kind + ending) for ending in (NEXT, OLD))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _held(folder):
            if old.exists() and not final.exists():
                old.rename(final)  # killed between the two renames
            if final.exists() and not (final / CONTENTS).is_file():
                raise CrescendoError(
                    f"{final} holds something that is not an export: name another folder, or move it away"
                )
            for leftover in (beside, old):
                shutil.rmtree(leftover, ignore_errors=True)
            beside.mkdir()
            try:
                published = _write_all(beside, kind, file or warehouse.path())
                if final.exists():
                    final.rename(old)
                beside.rename(final)
            finally:
                for leftover in (beside, old):
                    shutil.rmtree(leftover, ignore_errors=True)
    except (OSError, duckdb.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise CrescendoError(f"cannot write to {folder}: {why}: name another folder, such as exports") from None
    return published


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Wait until no other export is at work in a folder; the lock dies with its process."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _write_all(folder: Path, kind: str, file: Path) -> list[Published]:
    published = write_raw(folder, file) if kind == "raw" else _write_built(folder, kind, file)
    (folder / CONTENTS).write_text(json.dumps([vars(table) for table in published], indent=1) + "\n")
    return published


def _write_built(folder: Path, kind: str, file: Path) -> list[Published]:
    with warehouse.connect(file, read_only=True) as connection:
        relations = [relation for relation in built(connection, file) if not relation.is_helper]
        shown = [relation for relation in relations if relation.kind != "function"]
        return [_write(connection, relation, folder, kind) for relation in shown]


def _write(connection: duckdb.DuckDBPyConnection, relation: Relation, folder: Path, kind: str) -> Published:
    place = folder / relation.schema / relation.name
    place.parent.mkdir(exist_ok=True)
    # in an order, so that each export of the same tables is the same; facts in that of their days
    key = sorted(relation.primary_key, key=lambda name: name != relation.day)
    order = f"order by {', '.join(map(quoted, key)) or 'all'}"
    source = relation.full_name if kind == "parquet" else _cells(relation)
    if kind == "csv":
        written = _write_csv(connection, relation, f"from {source} {order}", place)
    elif relation.is_fact and relation.day:
        written = _write_months(connection, relation, relation.day, order, place)
    else:
        file = text(f"{place}.parquet")
        connection.execute(f"copy (from {source} {order}) to {file} (format parquet)")
        written = f"read_parquet({file})"
    sent = checksum(connection, source, relation)
    if sent != checksum(connection, written, relation):
        raise CrescendoError(f"{relation.full_name} as written to {place} is not what it should be: export again")
    return replace(sent, rows_without_nul=rows_with_nul(connection, relation) if kind == "csv" else 0)


def _cells(relation: Relation) -> str:
    cells = [
        f"{safe_sql(quoted(column.name))} as {quoted(column.name)}" if column.type == "varchar" else quoted(column.name)
        for column in relation.columns.values()
    ]
    return f"(select {', '.join(cells)} from {without_nul(relation)})"


def _write_csv(connection: duckdb.DuckDBPyConnection, relation: Relation, query: str, place: Path) -> str:
    """Write a CSV file; returns what reads it."""
    file = text(f"{place}.csv")
    connection.execute(f"copy ({query}) to {file} (format csv, header)")
    types = ", ".join(f"{text(column.name)}: {text(column.type)}" for column in relation.columns.values())
    form = """delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, auto_detect = false"""
    return f"read_csv({file}, header = true, {form}, columns = {{{types}}})"


def _write_months(connection: duckdb.DuckDBPyConnection, relation: Relation, day: str, order: str, place: Path) -> str:
    """Write a fact as Parquet, a folder for each month of its `day`; returns what reads it."""
    month = f"strftime({quoted(day)}, '%Y-%m') as month"
    options = "format parquet, partition_by (month), per_thread_output false"
    connection.execute("set threads = 1")  # several would mix the order of the rows
    query = f"select *, {month} from {relation.full_name} {order}"
    connection.execute(f"copy ({query}) to {text(str(place))} ({options})")
    connection.execute("reset threads")
    if not any(place.glob("*/*.parquet")):  # no row, no month: one empty file, so that its columns are there to read
        nowhere = place / NO_MONTH
        nowhere.mkdir(parents=True, exist_ok=True)
        file = text(str(nowhere / "data_0.parquet"))
        connection.execute(f"copy (from {relation.full_name} limit 0) to {file} (format parquet)")
    return f"read_parquet({text(str(place / '**' / '*.parquet'))})"
