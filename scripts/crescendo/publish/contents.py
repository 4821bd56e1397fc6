"""What is published, and how what arrived is compared with what was sent."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from crescendo import builds
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation, current
from crescendo.warehouse import one, quoted

# what a schema or a folder is called while it is built, and after another took its place
NEXT, OLD = "__next", "__old"


@dataclass(frozen=True)
class Published:
    """One table as published: its rows, a checksum of all its values in any order, and the rows that lost a NUL."""

    table: str
    rows: int
    checksum: str
    rows_without_nul: int = 0


def built(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Relation]:
    """What the project publishes, once the warehouse, which is in `file`, was found to be built from it."""
    if mixed := builds.unbuilt(connection):
        raise CrescendoError(f"nothing was published: {mixed}")
    relations = current()
    query = """
        select table_schema || '.' || table_name, list(column_name) from information_schema.columns
        where table_catalog = current_database() group by all
    """
    held = dict(connection.execute(query).fetchall())
    for relation in relations:
        if relation.kind != "function" and set(held.get(relation.full_name, ())) != set(relation.columns):
            raise CrescendoError(
                f"{relation.full_name} in {file} is not what its model says: run `crescendo build` first"
            )
    return relations


def without_nul(relation: Relation) -> str:
    """A query of a table's columns without the one character that PostgreSQL and many readers of files cannot hold."""
    columns = [
        f"replace({quoted(column.name)}, chr(0), '') as {quoted(column.name)}"
        if column.type == "varchar"
        else quoted(column.name)
        for column in relation.columns.values()
    ]
    return f"(select {', '.join(columns)} from {relation.full_name})"


def rows_with_nul(connection: duckdb.DuckDBPyConnection, relation: Relation) -> int:
    """How many rows of a table hold a NUL in one of their texts."""
    texts = [quoted(column.name) for column in relation.columns.values() if column.type == "varchar"]
    if not texts:
        return 0
    found = " or ".join(f"contains({name}, chr(0))" for name in texts)
    return one(connection, f"select count(*) from {relation.full_name} where {found}")[0]


def checksum(connection: duckdb.DuckDBPyConnection, name: str, relation: Relation) -> Published:
    """Rows and checksum of a table of the relation's columns, wherever it is stored."""
    columns = ", ".join(f"{quoted(column.name)}::{column.type}" for column in relation.columns.values())
    query = f"select count(*), coalesce(sum(hash({columns})::hugeint), 0)::varchar from {name}"
    rows, total = one(connection, query)
    return Published(relation.full_name, rows, total)
