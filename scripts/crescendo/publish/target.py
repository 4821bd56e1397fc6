"""What publishing to any server has in common: the attached database, and a table filled, read back and compared."""

import re
import tempfile
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import duckdb

from crescendo.errors import CrescendoError
from crescendo.manifest import Relation
from crescendo.publish.contents import Published, checksum, rows_with_nul, without_nul
from crescendo.warehouse import quoted, text


@dataclass
class Target:
    """The attached database, which DuckDB calls `target`, and the warehouse that it is filled from."""

    connection: duckdb.DuckDBPyConnection
    kind: ClassVar[str]  # what DuckDB calls servers of its kind

    def ask(self, query: str) -> list[tuple]:
        """Rows of a query that the server answers."""
        return self.connection.execute(f"from {self.kind}_query('target', {text(query)})").fetchall()

    def execute(self, statement: str) -> None:
        """Run a statement on the server."""
        self.connection.execute(f"call {self.kind}_execute('target', {text(statement)})")

    def copy(self, relation: Relation, there: str) -> Published:
        """Fill the table `there` (schema and name) with a relation, read it back, and compare."""
        columns = ", ".join(quoted(name) for name in relation.columns)
        source, there = without_nul(relation), f"target.{there}"
        self.connection.execute(f"insert into {there} ({columns}) select {columns} from {source}")
        sent, arrived = (checksum(self.connection, name, relation) for name in (source, there))
        if sent != arrived:
            raise CrescendoError(
                f"{relation.full_name} did not arrive as it was sent ({arrived.rows:,} of {sent.rows:,} rows,"
                f" checksum {arrived.checksum}, not {sent.checksum}): nothing was changed; publish again"
            )
        return replace(sent, rows_without_nul=rows_with_nul(self.connection, relation))


def refuse_password(dsn: str, cure: str) -> None:
    """Raise CrescendoError if an address that was typed holds a password; `cure` says where it belongs."""
    if re.search(r"(passw\w*|pwd|secret)\s*=|//[^/@]*:[^/@]*@", unquote(dsn), re.IGNORECASE):
        raise CrescendoError(f"a password on the command line can be read by others: put it in {cure}")


def load_extension(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Load the extension that comes with the environment; nothing is downloaded."""
    connection.execute("set autoinstall_known_extensions = false")
    package = files(f"duckdb_extension_{kind}") / "extensions" / f"v{duckdb.__version__}"
    # DuckDB finds the entry by the file's name, and the package calls the file otherwise
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / f"{kind}_scanner.duckdb_extension"
        named.symlink_to(str(package / f"{kind}.duckdb_extension"))
        connection.execute(f"load {text(str(named))}")
