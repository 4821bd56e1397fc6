"""The tables that people read, in a MySQL or MariaDB server, whole or not at all.

A schema is a database there. Views arrive as tables, and functions not at all: MySQL has none that return rows
(docs/decisions, 10).
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation
from crescendo.publish import mysql_schema, schema
from crescendo.publish.contents import NEXT, OLD, Published, built
from crescendo.publish.mysql_schema import literal, named
from crescendo.publish.target import Target, load_extension, refuse_password
from crescendo.warehouse import one, quoted, text

# lists the tables of a database that are ours; a database without it is somebody else's
MARK = "published_by_crescendo"
# texts are told apart by their bytes, blanks at their end included, as DuckDB does: MySQL's word for it, and MariaDB's
COLLATIONS = ("utf8mb4_0900_bin", "utf8mb4_nopad_bin")
LOCK = "crescendo publish"
# readers that come while we wait for a lock wait too, so it is given back each second
LOCK_SECONDS = 1
VARIABLES = ("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_USER")


def publish_mysql(dsn: str = "", *, wait: float = 60.0, file: Path | None = None) -> list[Published]:
    """Publish to the server that `dsn` or the MYSQL_* variables name; returns what was published, table by table.

    `file` is the warehouse, that of CRESCENDO_DB if None.

    Raises CrescendoError if the server cannot be reached, another publication runs, something of somebody else's is
    in the way, what arrived is not what was sent, or readers do not leave within `wait` seconds. The state before
    stays then.
    """
    refuse_password(dsn, "MYSQL_PWD")
    file = file or warehouse.path()
    with _attached(dsn, file) as target:
        relations = tables(built(target.connection, file))
        target.check(relations)
        target.prepare(relations)
        published = [target.copy(relation, there(relation)) for relation in relations]
        targets = {relation.unique_id: there(relation) for relation in relations}
        for relation in relations:
            target.run(*mysql_schema.keys(relation, there(relation), targets))
        target.swap(relations, wait)
    return published


def tables(relations: list[Relation]) -> list[Relation]:
    """What can be published to MySQL: tables, and views as tables; no functions and no helpers."""
    return [
        replace(relation, kind="table")
        for relation in relations
        if relation.kind != "function" and not relation.is_helper
    ]


def there(relation: Relation) -> str:
    """Where a relation is built."""
    return f"{relation.schema}{NEXT}.{relation.name}"


class _Target(Target):
    kind = "mysql"

    def run(self, *statements: str) -> None:
        """Run statements one after the other; MySQL commits at each that changes a schema."""
        for statement in statements:
            self.execute(statement)

    def check(self, relations: list[Relation]) -> None:
        """Refuse what would destroy the work of others."""
        listed = ", ".join(literal(name) for name in schema.schemas(relations))
        found = self.ask(
            f"select table_schema, table_name from information_schema.tables where table_schema in ({listed})"
        )
        ours = {(name, table) for name in {name for name, _ in found} for table in self.published(name)}
        foreign = sorted({name for name, _ in found if (name, MARK) not in found})
        if foreign:
            raise CrescendoError(
                f"database {', '.join(foreign)} is there and is not ours: publish to another server, or rename it"
            )
        new = {(relation.schema, relation.name) for relation in relations}
        mixed = sorted(f"{name}.{table}" for name, table in set(found) & new - ours)
        if mixed:
            raise CrescendoError(f"table {', '.join(mixed)} is there and is not ours: rename it")
        others = self.ask(f"""
            select distinct constraint_name, table_schema, table_name from information_schema.key_column_usage
            where referenced_table_schema in ({listed}) and table_schema not in ({listed})
        """)
        if others:
            said = ", ".join(f"{key} of {name}.{table}" for key, name, table in others)
            raise CrescendoError(f"these would be lost: {said}; drop them, publish, and make them again")

    def published(self, name: str) -> list[str]:
        """The tables of a database that the publication before made, the list of them included."""
        there = f"table_schema = {literal(name)} and table_name = {literal(MARK)}"
        if not self.ask(f"select 1 from information_schema.tables where {there}"):
            return []
        return [table for (table,) in self.ask(f"select table_name from {named(f'{name}.{MARK}')}")] + [MARK]

    def prepare(self, relations: list[Relation]) -> None:
        """Make empty tables beside, with their keys and checks, and a list of them in each database."""
        known = ", ".join(literal(name) for name in COLLATIONS)
        found = self.ask(f"select collation_name from information_schema.collations where collation_name in ({known})")
        if not found:
            raise CrescendoError(
                "the server tells no texts apart by their bytes: it takes MySQL 8.0.17 or MariaDB 10.2"
            )
        self.drop(relations, NEXT, OLD)
        for name in schema.schemas(relations):
            self.run(f"create database if not exists {named(name)}", f"create database {named(name + NEXT)}")
            listed = [relation.name for relation in relations if relation.schema == name]
            values = ", ".join(f"({literal(table)})" for table in listed)
            mark = named(f"{name}{NEXT}.{MARK}")
            self.run(f"create table {mark} (table_name varchar(64) primary key)", f"insert into {mark} values {values}")
        for relation in relations:
            lengths = self.lengths(relation, mysql_schema.key_texts(relation, relations))
            self.run(mysql_schema.table(relation, there(relation), lengths, found[0][0]))
        self.connection.execute("call mysql_clear_cache()")

    def lengths(self, relation: Relation, columns: list[str]) -> dict[str, int]:
        """Characters that the longest text of each column has, as the warehouse holds them."""
        if not columns:
            return {}
        longest = ", ".join(f"coalesce(max(length({quoted(column)})), 1)" for column in columns)
        found = one(self.connection, f"select {longest} from {relation.full_name}")
        return dict(zip(columns, (max(length, 1) for length in found), strict=True))

    def swap(self, relations: list[Relation], wait: float) -> None:
        """Put the new tables in the place of the old by one statement, which readers see done or not done."""
        names = schema.schemas(relations)
        moves = []
        for name in names:
            self.run(f"create database {named(name + OLD)}")
            moves += [
                f"{named(f'{name}.{table}')} to {named(f'{name}{OLD}.{table}')}" for table in self.published(name)
            ]
        for relation in relations:
            moves.append(f"{named(there(relation))} to {named(relation.full_name)}")
        moves += [f"{named(f'{name}{NEXT}.{MARK}')} to {named(f'{name}.{MARK}')}" for name in names]
        self.rename(moves, wait)
        self.drop(relations, NEXT, OLD)
        self.run(f"create role if not exists {schema.READER}")
        self.run(*(f"grant select on {named(name)}.* to {schema.READER}" for name in names))

    def rename(self, moves: list[str], wait: float) -> None:
        """Move tables all at once, when no transaction reads any of them."""
        until = time.monotonic() + wait
        while True:
            try:
                with self.session("lock_wait_timeout", LOCK_SECONDS):
                    self.execute(f"rename table {', '.join(moves)}")
                return
            except duckdb.Error as error:
                if "Lock wait timeout" not in str(error):
                    raise
                if time.monotonic() > until:
                    raise CrescendoError(
                        f"readers did not leave the tables within {wait:g} seconds; the state before was kept"
                    ) from None

    def drop(self, relations: list[Relation], *endings: str) -> None:
        """Drop what was built beside or replaced; keys between these tables keep none of them."""
        with self.session("foreign_key_checks", 0):
            self.run(
                *(
                    f"drop database if exists {named(name + ending)}"
                    for name in schema.schemas(relations)
                    for ending in endings
                )
            )

    @contextmanager
    def session(self, variable: str, value: int) -> Iterator[None]:
        """A variable of the server's session for some statements, which one connection runs in one transaction."""
        self.connection.execute("begin")
        try:
            self.execute(f"set session {variable} = {value}")
            yield
            self.execute(f"set session {variable} = default")
        finally:
            # after an error nothing more is taken: the next session sets it again
            self.connection.execute("rollback")


@contextmanager
def _attached(dsn: str, file: Path) -> Iterator[_Target]:
    with warehouse.connect(file, read_only=True) as connection:
        load_extension(connection, "mysql")
        try:
            connection.execute(f"attach {text(dsn)} as target (type mysql, read_write)")
            guard = connection.cursor()
            guard.execute(f"attach {text(dsn)} as guard (type mysql, read_write)")
            guard.execute("begin")
            lock = f"select get_lock({literal(LOCK)}, 0)"
            if guard.execute(f"from mysql_query('guard', {text(lock)})").fetchone() != (1,):
                raise CrescendoError("another publication is running: wait for it to end")
            yield _Target(connection)
            guard.execute("rollback")
        except duckdb.Error as error:
            if not dsn and not any(os.environ.get(name) for name in VARIABLES):
                raise CrescendoError(
                    f"no MySQL is here ({_reason(error)}), and none is named: set MYSQL_HOST and MYSQL_USER, or type"
                    ' --dsn "host=localhost user=crescendo"'
                ) from None
            raise CrescendoError(f"MySQL says: {_reason(error)}; the state before was kept") from None


def _reason(error: duckdb.Error) -> str:
    """The server's own words, without the statement or the address that DuckDB quotes before them."""
    said = str(error)
    found = re.findall(r"(?s:.*)(?:failed|\"|query): (.+)", said)
    return found[0].strip() if found else said.splitlines()[0]
