"""The only place that opens the warehouse: one DuckDB file, one writer at a time, on a copy that is swapped in."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from crescendo import swap
from crescendo.errors import CrescendoError
from crescendo.terminal import printable

# DuckDB holds its blocks under this limit and spills past it; what it holds besides grows slowly: scripts/bench/load.py
LOAD_MEMORY = "640MB"
# DuckDB names the database by the file: with the name of a schema, `metrics.song_days` would be ambiguous everywhere
TAKEN_NAMES = {
    "audience", "estimates", "films", "information_schema", "insights", "intermediate", "leads", "listening",
    "load_audit", "main", "memory", "metrics", "operations", "pg_catalog", "quality", "recommendations", "seeds",
    "staging", "system", "temp",
}  # fmt: skip
# what a shared warehouse is called inside
SHARED = "warehouse"
# what dbt takes for the parts of an address, so that it names the database otherwise than DuckDB
ADDRESS_PARTS = re.compile(r"[?#;]|^[A-Za-z][A-Za-z0-9+.-]*:")
MAGIC_START, MAGIC = 8, b"DUCK"
FULL = re.compile(r"No space left|File too large|quota exceeded|max_temp_directory_size|Could not write", re.IGNORECASE)
LOCKED = "IO Error: Could not set lock on file"
# a file is written anew if this much of it, and this share, is dead
DEAD_BYTES, DEAD_RATIO = 100_000_000, 0.25
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
            raise CrescendoError(f"{file} is not a file: name another one in CRESCENDO_DB")
        with file.open("rb") as opened:
            start = opened.read(MAGIC_START + len(MAGIC))
    except OSError as error:
        raise CrescendoError(f"cannot open {file}: {error.strerror}; name another file in CRESCENDO_DB") from None
    if start[MAGIC_START:] != MAGIC:
        raise CrescendoError(
            f"{file} is no DuckDB file{'' if start else ', it is empty'}: name another one in CRESCENDO_DB, or"
            " delete it and run `crescendo build`"
        )


def require(file: Path | None = None) -> None:
    """Raises CrescendoError if there is no warehouse, that of `path()` if None."""
    file = file or path()
    if not swap.working(file).exists():
        raise CrescendoError(f"there is no warehouse at {file}: run `make build`, or name one in CRESCENDO_DB")


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


@contextmanager
def connect(
    file: Path | None = None, *, read_only: bool = False, wait: float = 60.0, dry: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse; that of `path()` if None. What is written appears as a whole, after the block.

    A writer works on a copy (see `renewed`). A `dry` connection is to a copy that is thrown away.

    Raises CrescendoError if the file is missing (read only), not a DuckDB file, or damaged, if another process holds
    it for more than `wait` seconds, and if the disk is full; the last ones also for what happens inside the block.
    """
    file = file or path()
    if not read_only:
        with renewed(file, wait=wait, keep=not dry) as copy, _explained(file):
            connection = duckdb.connect(str(copy.file))
            try:
                yield connection
            finally:
                connection.close()
        return
    opened = swap.working(file)
    check_file(opened)
    require(file)
    with _explained(file):
        connection = _open(opened, until=time.monotonic() + wait)
        try:
            yield connection
        finally:
            connection.close()


def shared(file: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse for many readers of one process, to read: a `reader` each.

    Nothing else can be read or written through it: no file, extension or setting. The file that takes its place later
    can be opened beside it. Raises CrescendoError if the file is missing, not a DuckDB file, or damaged.
    """
    check_file(file)
    require(file)
    with _explained(file):
        # of one path DuckDB opens one file at a time in a process; of a database that is attached it does not
        connection = duckdb.connect(config={"threads": min(4, os.cpu_count() or 1)})
        connection.execute(f"attach {text(str(file))} as {SHARED} (read_only)")
        connection.execute("set enable_external_access = false; set lock_configuration = true")
    return connection


def reader(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A cursor of a shared warehouse, for one thread."""
    cursor = connection.cursor()
    cursor.execute(f"use {SHARED}")
    return cursor


@contextmanager
def renewed(file: Path | None = None, *, wait: float = 60.0, keep: bool = True) -> Iterator[swap.Copy]:
    """A copy of a warehouse, that of `path()` if None, which takes its place after the block: readers never wait.

    Inside, `connect` and dbt work on the copy. After an error, or if `keep` is taken from the copy, the warehouse
    stays as it was. Raises CrescendoError if another process renews it for more than `wait` seconds.
    """
    from crescendo.privacy import private_files  # who only asks need not wait for what makes keys

    file = file or path()
    check_file(swap.working(file))
    with (
        private_files(),
        _explained(file),
        swap.renewed(file, wait=wait, settle=_settle, tidy=_tidy, keep=keep) as copy,
    ):
        yield copy


def put(target: Path, *, wait: float = 60.0) -> None:
    """Put a copy of the warehouse of `path()` in another file's place, in one step: its readers never wait.

    Raises CrescendoError if there is no warehouse, if the target is a file of another kind or the warehouse itself, or
    if the disk is full.
    """
    from crescendo.privacy import private_files

    file = path()
    check_file(file)
    checked(str(target))
    check_file(target)
    require(file)
    if target.resolve() == file.resolve():
        raise CrescendoError(f"{target} is the warehouse itself: name another file")
    with private_files(), _explained(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            swap.put(file, target, wait=wait, settle=_settle)
        except OSError as error:
            if FULL.search(str(error)):
                raise
            raise CrescendoError(f"cannot write {target}: {error.strerror}: name another file") from None


@contextmanager
def beside(file: Path, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, to which a warehouse is attached under a name to be read; nothing is, if there is none.

    Raises CrescendoError if the file is not a DuckDB file or damaged.
    """
    check_file(file)
    with _explained(file), duckdb.connect() as connection:
        if file.exists():
            connection.execute(f"attach {text(str(file))} as {quoted(name)} (read_only)")
        yield connection


def _settle(file: Path) -> None:
    """Bring a file up to date with its log, unless another process has it open to write."""
    try:
        duckdb.connect(str(file)).close()
    except duckdb.Error as error:
        if not str(error).startswith(LOCKED):
            raise


def _tidy(file: Path) -> None:
    """Write the file anew if much of it is dead: DuckDB never gives blocks back to the disk."""
    with duckdb.connect(str(file)) as connection:
        block_size, blocks, free = one(
            connection, "select block_size, total_blocks, free_blocks from pragma_database_size()"
        )
        if free * block_size < DEAD_BYTES or free < DEAD_RATIO * blocks:
            return
        compact = file.with_name("compact.duckdb")
        name = quoted(str(one(connection, "select current_database()")[0]))
        connection.execute(f"attach {text(str(compact))} as compact; copy from database {name} to compact")
    compact.replace(file)


def _open(file: Path, *, until: float) -> duckdb.DuckDBPyConnection:
    """Open a file to read. Raises CrescendoError if another process has it open to write until then."""
    pause = 0.05
    while True:
        try:
            return duckdb.connect(str(file), read_only=True)
        except duckdb.Error as error:
            if not str(error).startswith(LOCKED):
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
