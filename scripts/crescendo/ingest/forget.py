"""Remove files from the warehouse, as if they had never been loaded."""

from importlib.metadata import version
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.ingest import ledger
from crescendo.ingest.run import prepare_warehouse


def loaded_files(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The paths of all files whose rows are in the warehouse."""
    known = "select 1 from duckdb_tables() where (schema_name, table_name) = ('load_audit', 'files')"
    return sorted(ledger.known_files(connection)) if connection.execute(known).fetchone() else []


def within(path: str, folder: Path) -> bool:
    """Whether a path of the ledger is a file, or is in a folder; neither has to exist."""
    name = ledger.name_of(folder)
    return path == name or path.startswith(f"{name.rstrip('/')}/")


def forget(paths: list[Path], *, wait: float = 60.0) -> list[str]:
    """Remove the rows that only these files, or the files in these folders, brought; returns the paths removed.

    Rows that another file brought too are kept, and become that file's. The files on the disk are not touched. All or
    nothing. Raises CrescendoError if another process holds the warehouse for more than `wait` seconds.
    """
    with warehouse.connect(wait=wait) as connection:
        found = [path for path in loaded_files(connection) if any(within(path, folder) for folder in paths)]
        if not found:
            return []
        documents = prepare_warehouse(connection)
        with warehouse.transaction(connection):
            load_id = ledger.next_id(connection, "loads", "_load_id")
            ledger.begin(connection, load_id, version("crescendo"))
            ledger.retire(connection, found)
            ledger.remove_replaced(connection, documents, load_id)
            ledger.end(connection, load_id)
    return found
