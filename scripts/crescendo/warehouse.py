"""The only place that opens the warehouse: one DuckDB file, one writer, one transaction a load."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crescendo.errors import CrescendoError

# DuckDB holds its blocks under this limit and spills past it; what it holds besides grows slowly: scripts/bench/load.py
LOAD_MEMORY = "640MB"


def path() -> Path:
    """The warehouse file: what CRESCENDO_DB says, else crescendo.duckdb in the working folder."""
    return Path(os.environ.get("CRESCENDO_DB") or "crescendo.duckdb")


def quoted(identifier: str) -> str:
    """An SQL identifier in quotes. Identifiers come from declarations, never from data."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL text literal, for the places where DuckDB takes no bound value (options of read_csv)."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def connect(*, read_only: bool = False, wait: float = 60.0, dry: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, waiting up to `wait` seconds while another process holds it.

    A `dry` connection makes no file: it is to one in memory if there is none.

    Raises CrescendoError where the file is missing (read only), held too long, or not a DuckDB file.
    """
    file = path()
    if read_only and not file.exists():
        raise CrescendoError(f"there is no warehouse at {file}: run `make build`, or name one in CRESCENDO_DB")
    if dry and not file.exists():
        file = Path(":memory:")
    connection = _open(file, read_only=read_only, until=time.monotonic() + wait)
    try:
        yield connection
    finally:
        connection.close()


def _open(file: Path, *, read_only: bool, until: float) -> duckdb.DuckDBPyConnection:
    pause, is_new = 0.05, not file.exists()
    while True:
        try:
            return duckdb.connect(str(file), read_only=read_only)
        except duckdb.IOException as error:
            reason = str(error).splitlines()[0]
            if "lock" not in reason.lower():
                if is_new:  # half a file, which would never open
                    file.unlink(missing_ok=True)
                raise CrescendoError(f"cannot open {file}: {reason}") from None
            if time.monotonic() + pause > until:
                raise CrescendoError(f"{file} is held by another process, try again later: {reason}") from None
        except duckdb.Error as error:
            raise CrescendoError(f"cannot open {file}: {str(error).splitlines()[0]}") from None
        time.sleep(pause)
        pause = min(pause * 2, 1.0)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: what happens inside is committed as one, or not at all."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
