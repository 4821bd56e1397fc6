"""The only place that opens the warehouse: one DuckDB file, one writer, one transaction a load."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import duckdb

from crescendo.errors import CrescendoError
from crescendo.privacy import private_files
from crescendo.terminal import printable

# DuckDB holds its blocks under this limit and spills past it; what it holds besides grows slowly: scripts/bench/load.py
LOAD_MEMORY = "640MB"
# DuckDB names the database by the file: with the name of a schema, `metrics.song_days` would be ambiguous everywhere
TAKEN_NAMES = {
    "audience", "films", "information_schema", "intermediate", "leads", "listening", "load_audit", "main", "memory",
    "metrics", "pg_catalog", "quality", "recommendations", "seeds", "staging", "system", "temp",
}  # fmt: skip
# what dbt takes for the parts of an address, so that it names the database otherwise than DuckDB
ADDRESS_PARTS = re.compile(r"[?#;]|^[A-Za-z][A-Za-z0-9+.-]*:")
MAGIC_START, MAGIC = 8, b"DUCK"
FULL = re.compile(r"No space left|File too large|quota exceeded|max_temp_directory_size|Could not write", re.IGNORECASE)
DAMAGED = re.compile(r"corrupt|checksum|read enough bytes|serializ|INTERNAL Error|FATAL Error", re.IGNORECASE)
DISK_ERRORS = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def path() -> Path:
    """The warehouse file: what CRESCENDO_DB says, else crescendo.duckdb in the working folder.

    Raises CrescendoError for a name that dbt or DuckDB would misread.
    """
    return checked(os.environ.get("CRESCENDO_DB") or "crescendo.duckdb")


def checked(name: str) -> Path:
    """The path of a warehouse of this name. Raises CrescendoError if DuckDB or dbt would misread it."""
    file = Path(name)
    if name == ":memory:":
        raise CrescendoError("CRESCENDO_DB=:memory: would keep nothing: name a file, such as crescendo.duckdb")
    if not name.isprintable() or ADDRESS_PARTS.search(name):
        raise CrescendoError(
            f"CRESCENDO_DB={printable(name)} cannot be a warehouse: name a file, without ? # ; or an address's"
            " beginning such as md: in its path"
        )
    database = file.name.lstrip(".").split(".")[0].lower()
    if re.search("['\"]", database):
        raise CrescendoError(f"dbt cannot read a warehouse called {file.name}: name it without quotes in CRESCENDO_DB")
    if not database or database in TAKEN_NAMES or database.startswith("raw_"):
        better = file.with_name(f"crescendo_{database or 'warehouse'}.duckdb")
        raise CrescendoError(
            f"a warehouse cannot be called {file.name}: DuckDB names the database by its file, and {database!r} is"
            f" taken by a schema; rename it, for example CRESCENDO_DB={better}"
        )
    return file


def check_file(file: Path) -> None:
    """Refuse at once what DuckDB would wait for, or fetch an extension to read. Raises CrescendoError."""
    try:
        if not file.exists():
            return
        if not file.is_file():
            raise CrescendoError(f"{file} is no file: name another one in CRESCENDO_DB")
        with file.open("rb") as opened:
            start = opened.read(MAGIC_START + len(MAGIC))
    except OSError as error:
        raise CrescendoError(f"cannot open {file}: {error.strerror}; name another file in CRESCENDO_DB") from None
    if start[MAGIC_START:] != MAGIC:
        raise CrescendoError(
            f"{file} is no DuckDB file{'' if start else ', it is empty'}: name another one in CRESCENDO_DB, or"
            " delete it and run `crescendo build`"
        )


def one(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
    """The one row of a query that always has one, such as an aggregate."""
    row = connection.execute(query, values).fetchone()
    if row is None:
        raise LookupError(f"no row: {query}")
    return row


def quoted(identifier: str) -> str:
    """An SQL identifier in quotes. Identifiers come from declarations, never from data."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL text literal, for the places where DuckDB takes no bound value (options of read_csv)."""
    return "'" + value.replace("'", "''") + "'"


# A commit goes straight to the file, whose header changes in one write. DuckDB 1.5 would write small commits to a log
# first. If it is killed meanwhile, the next opening takes large tables out of the half-written log, without the rest.
COMMITTED_AT_ONCE: dict[str, str | bool | int | float | list[str]] = {
    "checkpoint_threshold": "0B",
    "auto_checkpoint_skip_wal_threshold": "0",
}


@contextmanager
def connect(
    file: Path | None = None, *, read_only: bool = False, wait: float = 60.0, dry: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse, waiting up to `wait` seconds while another process holds it; that of `path()` if None.

    A `dry` connection makes no file: it is to one in memory if there is none.

    Raises CrescendoError if the file is missing (read only), held too long, not a DuckDB file, or damaged, and where
    the disk is full; the two also for what happens inside the block.
    """
    file = file or path()
    check_file(file)
    if read_only and not file.exists():
        raise CrescendoError(f"there is no warehouse at {file}: run `make build`, or name one in CRESCENDO_DB")
    with nullcontext() if read_only else private_files(), _explained(file):
        if dry and not file.exists():
            connection = duckdb.connect()
        else:
            connection = _open(file, read_only=read_only, until=time.monotonic() + wait)
        try:
            yield connection
        finally:
            connection.close()


def _create(file: Path) -> None:
    """A new file appears whole or not at all: DuckDB never opens again one whose first blocks were cut off."""
    half = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        duckdb.connect(str(half)).close()
        with suppress(FileExistsError):  # another process was faster
            file.hardlink_to(half)
    finally:
        with suppress(OSError):  # the first error is the one to tell
            half.unlink()


def _open(file: Path, *, read_only: bool, until: float) -> duckdb.DuckDBPyConnection:
    pause = 0.05
    if not file.exists():
        _create(file)
    while True:
        try:
            return duckdb.connect(str(file), read_only=read_only, config={} if read_only else COMMITTED_AT_ONCE)
        except duckdb.Error as error:
            if not str(error).startswith("IO Error: Could not set lock on file"):
                raise
            if time.monotonic() + pause > until:
                reason = str(error).splitlines()[0]
                raise CrescendoError(f"{file} is held by another process, try again later: {reason}") from None
        time.sleep(pause)
        pause = min(pause * 2, 1.0)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """What the disk did to us, in words; other errors pass as they are."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        reason = _reason(file, error)
        if not reason:
            raise
        raise CrescendoError(reason) from None


def _reason(file: Path, error: duckdb.Error | OSError) -> str:
    """Whether an error is the disk's, and what to do then; empty if it is not."""
    log, said = file.with_name(f"{file.name}.wal"), str(error).splitlines()[0]
    if FULL.search(said):
        return f"the disk is full ({said}): nothing was changed; free some room and run it again"
    if "replaying WAL" in said:
        return (
            f"{log} is damaged or is not of this {file.name} ({said}): move {log.name} away and load the files again;"
            " what was loaded last is then read anew, all else is in the file"
        )
    if isinstance(error, DISK_ERRORS) and DAMAGED.search(said):
        return (
            f"{file} is damaged ({said}): move it away and run `crescendo build`, which makes it again from the files"
            " in landing/, or restore a copy of it"
        )
    return f"cannot open {file}: {said}" if isinstance(error, duckdb.IOException) else ""


def verify(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every value that a load wrote, so that DuckDB compares the checksums of their blocks; raises its errors."""
    loaded = "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
    for schema, table in connection.execute(f"{loaded} and regexp_matches(schema_name, '^(raw|load)_')").fetchall():
        connection.execute(f"select bit_xor(hash(t)) from {quoted(schema)}.{quoted(table)} as t").fetchall()


# told with what ended a transaction, so that Ctrl-C is answered with what is true
UNCHANGED = "nothing was changed"


def undo(connection: duckdb.DuckDBPyConnection) -> None:
    """Roll back; where the disk was full DuckDB has done so already, and its error must not hide the first one."""
    with suppress(duckdb.Error):
        connection.execute("rollback")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: what happens inside is committed as one, or not at all."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        undo(connection)
        raise
    connection.execute("commit")
