"""The published relations in the words of MySQL 8 and MariaDB: tables with their keys, checks and indexes."""

from collections.abc import Mapping

import sqlglot

from crescendo.errors import CrescendoError
from crescendo.manifest import Relation

TYPES = {"varchar": "longtext", "timestamp": "datetime(6)", "hugeint": "decimal(38)", "float": "double"}
# InnoDB's key is of 3,072 bytes, and a character takes up to four
LONGEST_KEY, BYTES_OF_A_CHARACTER, BYTES_OF_ANOTHER = 3072, 4, 17
LONGEST_COMMENT, LONGEST_TABLE_COMMENT = 1024, 2048
# characters of the longest text of a key column, by column
Lengths = Mapping[str, int]


def named(name: str) -> str:
    """A name, or several with dots between, in the quotes of MySQL."""
    return ".".join(f"`{part}`" for part in name.split("."))


def literal(value: str) -> str:
    """A text as MySQL reads it, which takes a backslash for the start of something."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def key_texts(relation: Relation, relations: list[Relation]) -> list[str]:
    """Text columns that a key or an index of MySQL has: they must have a length."""
    referred = {key.to_column for other in relations for key in other.foreign_keys if key.to == relation.unique_id}
    keyed = {*relation.primary_key, *referred, *(key.column for key in relation.foreign_keys)}
    for index in relation.indexes:
        keyed.update(index.columns)
    return [column.name for column in relation.columns.values() if column.name in keyed and column.type == "varchar"]


def table(relation: Relation, name: str, lengths: Lengths, collation: str) -> str:
    """The statement that makes a table with its primary key and checks.

    Raises CrescendoError if the texts of its key are longer than a key may be.
    """
    required = {*relation.primary_key, *relation.not_null}
    lines = []
    for column in relation.columns.values():
        kind = f"varchar({lengths[column.name]})" if column.name in lengths else TYPES.get(column.type, column.type)
        empty = "not null" if column.name in required else "null"
        said = literal(column.description[:LONGEST_COMMENT])
        lines.append(f"{named(column.name)} {kind} {empty} comment {said}")
    if relation.primary_key:
        _refuse_long_key(relation, lengths)
        lines.append(f"primary key ({_list(relation.primary_key)})")
    lines += [f"check ({_translated(check)})" for check in relation.checks]
    words = f"engine = InnoDB default character set utf8mb4 collate {collation}"
    comment = literal(relation.description[:LONGEST_TABLE_COMMENT])
    return f"create table {named(name)} (\n    " + ",\n    ".join(lines) + f"\n) {words} comment = {comment}"


def keys(relation: Relation, name: str, targets: Mapping[str, str]) -> list[str]:
    """The statement that gives a filled table its indexes and foreign keys, if it has any.

    `targets` are the tables by the unique id of their model. An index of an expression is left out, for MariaDB has
    none: a data test of the build holds it.
    """
    added = []
    for index in relation.indexes:
        if all(column in relation.columns for column in index.columns):
            unique = "unique " if index.unique else ""
            added.append(f"add {unique}index {named('_'.join(index.columns) + '_index')} ({_list(index.columns)})")
    for key in relation.foreign_keys:
        refers = f"references {named(targets[key.to])} ({named(key.to_column)})"
        added.append(f"add foreign key ({named(key.column)}) {refers}")
    return [f"alter table {named(name)} " + ", ".join(added)] if added else []


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(named(column) for column in columns)


def _translated(check: str) -> str:
    return sqlglot.parse_one(check, dialect="duckdb").sql(dialect="mysql", identify=True)


def _refuse_long_key(relation: Relation, lengths: Lengths) -> None:
    size = sum(
        lengths[column] * BYTES_OF_A_CHARACTER if column in lengths else BYTES_OF_ANOTHER
        for column in relation.primary_key
    )
    if size > LONGEST_KEY:
        raise CrescendoError(
            f"{relation.full_name} has a key of {size:,} bytes ({', '.join(relation.primary_key)}), and MySQL takes"
            f" {LONGEST_KEY:,} at most: shorten these texts, or publish to PostgreSQL"
        )
