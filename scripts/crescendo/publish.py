"""`crescendo publish`: the tables that people read, in PostgreSQL or as files, whole or not at all."""

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import click
import duckdb

from crescendo import builds, postgres, warehouse
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation, current
from crescendo.options import SECONDS, format_option
from crescendo.spreadsheet import safe_sql
from crescendo.warehouse import quoted, text

# what a schema is called while it is built, and after another took its place
NEXT, OLD = "__next", "__old"
# says that a schema is ours to replace
MARK = "Published by Crescendo; every publication replaces it."
# PostgreSQL's own deadlock check waits 1 s: give way to readers before it looks
LOCK_TIMEOUT = "250ms"
# the list of an export's tables; where it is, the folder is ours to replace
CONTENTS = "contents.json"
# where a fact without rows lies: what Hive calls the folder of no value
NO_MONTH = "month=__HIVE_DEFAULT_PARTITION__"
ADVISORY_LOCK = 0x6372657363  # any number, as long as every publication takes the same


@dataclass(frozen=True)
class Published:
    """One table as published: its rows, a checksum of all its values in any order, and the rows that lost a NUL."""

    table: str
    rows: int
    checksum: str
    rows_without_nul: int = 0


@click.group("publish")
def publish_command() -> None:
    """Hand the built tables on: to PostgreSQL, or as CSV or Parquet files.

    \b
    Example:
      crescendo publish postgres --dsn "host=localhost dbname=audience"
      crescendo publish csv exports/
    """


# --- PostgreSQL ------------------------------------------------------------------------------------------------


@publish_command.command("postgres")
@click.option("--dsn", default="", help="libpq's words or address; without it, the PG* variables. Never a password.")
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for readers to leave the old tables."
)
@format_option("table", "json")
def postgres_command(dsn: str, wait: float, form: str) -> None:
    """Publish tables, keys, indexes, views and growth functions to a PostgreSQL database (15 or later).

    Built beside what is there, compared, and put in its place in one transaction. The password comes from PGPASSWORD,
    ~/.pgpass or a service file.

    \b
    Example:
      PGHOST=localhost PGDATABASE=audience crescendo publish postgres
    """
    _print(publish_postgres(dsn, wait=wait), form)


def publish_postgres(dsn: str = "", *, wait: float = 60.0) -> list[Published]:
    """Publish to the database that `dsn` or the PG* variables name; returns what was published, table by table.

    Raises CrescendoError where the database cannot be reached, another publication runs, something of somebody else's
    stands in the way, what arrived is not what was sent, or readers do not leave within `wait` seconds. The state
    before stays then.
    """
    if re.search(r"(password|secret)\s*=|//[^/@]*:[^/@]*@", unquote(dsn), re.IGNORECASE):
        raise CrescendoError("a password on the command line can be read by others: put it in PGPASSWORD or ~/.pgpass")
    with _attached(dsn) as target:
        relations = _built(target.connection)
        made = postgres.statements(relations, lambda schema: schema + NEXT)
        target.check(relations)
        target.run(*(f"drop schema if exists {name}{NEXT} cascade" for name in postgres.schemas(relations)))
        target.run(postgres.reader_role())
        target.run(*made.tables)
        target.connection.execute("call pg_clear_cache()")
        published = [target.copy(relation) for relation in relations if relation.kind == "table"]
        target.run(*made.keys)
        target.run(
            *(f"analyze {name.full_name.replace('.', NEXT + '.')}" for name in relations if name.kind == "table")
        )
        target.swap(relations, made.views, wait)
    return published


@dataclass
class _Target:
    """The attached database, and the warehouse that it is filled from."""

    connection: duckdb.DuckDBPyConnection

    def run(self, *statements: str) -> None:
        """Run statements in one transaction of their own."""
        script = ";\n".join(statements)
        self.connection.execute(f"call postgres_execute('target', {text(script)})")

    def ask(self, query: str) -> list[tuple]:
        """Rows of a query."""
        return self.connection.execute(f"from postgres_query('target', {text(query)})").fetchall()

    def check(self, relations: list[Relation]) -> None:
        """Refuse what would destroy the work of others."""
        names = ", ".join(text(name) for name in postgres.schemas(relations))
        foreign = self.ask(
            f"select nspname::text from pg_namespace where nspname in ({names})"
            f" and coalesce(obj_description(oid, 'pg_namespace'), '') <> {text(MARK)}"
        )
        if foreign:
            listed = ", ".join(name for (name,) in foreign)
            raise CrescendoError(f"schema {listed} is there and is not ours: publish to another database, or rename it")
        # what others have built on our tables would stay with the old ones, and go with them
        others = self.ask(f"""
            select distinct view.oid::regclass::text || ' on ' || used.oid::regclass::text
            from pg_depend inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
            inner join pg_class as view on pg_rewrite.ev_class = view.oid
            inner join pg_class as used on pg_depend.refobjid = used.oid
            inner join pg_namespace as ours on used.relnamespace = ours.oid and ours.nspname in ({names})
            inner join pg_namespace as theirs on view.relnamespace = theirs.oid and theirs.nspname not in ({names})
            where pg_depend.classid = 'pg_rewrite'::regclass and pg_depend.refclassid = 'pg_class'::regclass
            union all
            select conname || ' of ' || conrelid::regclass::text
            from pg_constraint inner join pg_class as used on confrelid = used.oid
            inner join pg_class as referring on conrelid = referring.oid
            inner join pg_namespace as ours on used.relnamespace = ours.oid and ours.nspname in ({names})
            inner join pg_namespace as theirs on referring.relnamespace = theirs.oid and theirs.nspname not in ({names})
        """)
        if others:
            listed = ", ".join(name for (name,) in others)
            raise CrescendoError(f"these would be lost: {listed}; drop them, publish, and make them again")

    def copy(self, relation: Relation) -> Published:
        """Fill one table, read it back, and compare."""
        there = f"target.{relation.schema}{NEXT}.{relation.name}"
        columns = ", ".join(quoted(name) for name in relation.columns)
        source = without_nul(relation)
        self.connection.execute(f"insert into {there} ({columns}) select {columns} from {source}")
        sent, arrived = (checksum(self.connection, name, relation) for name in (source, there))
        if sent != arrived:
            raise CrescendoError(
                f"{relation.full_name} did not arrive as it was sent ({arrived.rows:,} of {sent.rows:,} rows,"
                f" checksum {arrived.checksum}, not {sent.checksum}): nothing was changed; publish again"
            )
        return replace(sent, rows_without_nul=rows_with_nul(self.connection, relation))

    def swap(self, relations: list[Relation], views: list[str], wait: float) -> None:
        """Put the new schemas in the place of the old, in one transaction.

        All old tables are locked first, so that no reader sees some old and some new; where readers hold one of them,
        all locks are given back and tried again, so that no reader is in a deadlock with us.
        """
        names = postgres.schemas(relations)
        listed = ", ".join(text(name) for name in names)
        renames = "".join(
            f"""
            if exists (select from pg_namespace where nspname = {text(name)}) then
                execute 'alter schema {name} rename to {name}{OLD}';
            end if;
            execute 'alter schema {name}{NEXT} rename to {name}';
            execute {text(f"comment on schema {name} is {text(MARK)}")};"""
            for name in names
        )
        made = "".join(f"\n            execute {text(view)};" for view in views)
        self.drop_old(names)
        self.run(f"""do $crescendo$
        declare
            ours text;
            until timestamptz := clock_timestamp() + interval '{wait} seconds';
        begin
            set local lock_timeout = '{LOCK_TIMEOUT}';
            select string_agg(format('%I.%I', nspname, relname), ', ' order by pg_class.oid) into ours
            from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid
            where nspname in ({listed}) and relkind in ('r', 'v');
            while ours is not null loop
                begin
                    execute 'lock table ' || ours || ' in access exclusive mode';
                    exit;
                exception when lock_not_available or deadlock_detected then
                    if clock_timestamp() > until then
                        raise exception 'readers did not leave the tables within {wait:g} seconds';
                    end if;
                    perform pg_sleep(0.05 + 0.2 * random());
                end;
            end loop;
            {renames}{made}
        end $crescendo$""")
        self.drop_old(names)

    def drop_old(self, names: list[str]) -> None:
        """Drop what was replaced, unless somebody still reads it; the next publication does it then."""
        listed = ", ".join(f"{name}{OLD}" for name in names)
        self.run(f"""do $$ begin
            set local lock_timeout = '5s';
            drop schema if exists {listed} cascade;
        end $$""")


@contextmanager
def _attached(dsn: str) -> Iterator[_Target]:
    with warehouse.connect(read_only=True) as connection:
        connection.execute("set autoinstall_known_extensions = false")
        _load_extension(connection)
        try:
            connection.execute(f"attach {text(dsn)} as target (type postgres, read_write)")
            guard = connection.cursor()
            guard.execute(f"attach {text(dsn)} as guard (type postgres, read_write)")
            guard.execute("begin")
            lock = f"select pg_try_advisory_xact_lock({ADVISORY_LOCK})"
            if guard.execute(f"from postgres_query('guard', {text(lock)})").fetchone() != (True,):
                raise CrescendoError("another publication is running: wait for it to end")
            yield _Target(connection)
            guard.execute("rollback")
        except duckdb.Error as error:
            raise CrescendoError(f"PostgreSQL says: {_reason(error)}; the state before was kept") from None


def _load_extension(connection: duckdb.DuckDBPyConnection) -> None:
    shipped = files("duckdb_extension_postgres") / "extensions" / f"v{duckdb.__version__}" / "postgres.duckdb_extension"
    # DuckDB finds the entry by the file's name, and the package calls the file otherwise
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / "postgres_scanner.duckdb_extension"
        named.symlink_to(str(shipped))
        connection.execute(f"load {text(str(named))}")


def _reason(error: duckdb.Error) -> str:
    """PostgreSQL's own words, without the statement or the address that DuckDB quotes before them."""
    said = str(error)
    found = re.findall(r"(?:ERROR|FATAL): +(.+)", said) or re.findall(r"failed: (.+)", said)
    return found[0].strip() if found else said.splitlines()[0]


def _built(connection: duckdb.DuckDBPyConnection) -> list[Relation]:
    """What the project publishes, once the warehouse was found to be built from it."""
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
                f"{relation.full_name} in {warehouse.path()} is not what its model says: run `crescendo build` first"
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
    return connection.execute(f"select count(*) from {relation.full_name} where {found}").fetchone()[0]


def checksum(connection: duckdb.DuckDBPyConnection, name: str, relation: Relation) -> Published:
    """Rows and checksum of a table of the relation's columns, wherever it is stored."""
    columns = ", ".join(f"{quoted(column.name)}::{column.type}" for column in relation.columns.values())
    query = f"select count(*), coalesce(sum(hash({columns})::hugeint), 0)::varchar from {name}"
    rows, total = connection.execute(query).fetchone()
    return Published(relation.full_name, rows, total)


# --- files -----------------------------------------------------------------------------------------------------


@publish_command.command("csv")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports"), metavar="[DIR]")
@format_option("table", "json")
def csv_command(folder: Path, form: str) -> None:
    """Write every table and view as a CSV file that a spreadsheet can open safely; to exports/ without DIR.

    \b
    Example:
      crescendo publish csv
      crescendo publish csv ~/handover
    """
    _print(publish_files(folder, "csv"), form)


@publish_command.command("parquet")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("exports"), metavar="[DIR]")
@format_option("table", "json")
def parquet_command(folder: Path, form: str) -> None:
    """Write every table and view as Parquet, facts in a folder for each month; to exports/ without DIR.

    \b
    Example:
      crescendo publish parquet
      crescendo publish parquet /data/audience
    """
    _print(publish_files(folder, "parquet"), form)


def publish_files(folder: Path, kind: str) -> list[Published]:
    """Write every table and view below `folder`/<kind>, 'csv' or 'parquet'; what an earlier export wrote is replaced.

    The files are written beside, read back and compared, and then take the place of the old ones. Raises
    CrescendoError where the folder holds something else, cannot be written, or what was written differs.
    """
    final = folder / kind
    beside, old = (final.with_name(kind + ending) for ending in (NEXT, OLD))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _held(folder):
            if old.exists() and not final.exists():
                old.rename(final)  # killed between the two renames
            if final.exists() and not (final / CONTENTS).is_file():
                raise CrescendoError(f"{final} holds something that is no export: name another folder, or move it away")
            for leftover in (beside, old):
                shutil.rmtree(leftover, ignore_errors=True)
            beside.mkdir()
            try:
                published = _write_all(beside, kind)
                if final.exists():
                    final.rename(old)
                beside.rename(final)
            finally:
                for leftover in (beside, old):
                    shutil.rmtree(leftover, ignore_errors=True)
    except (OSError, duckdb.Error) as error:
        raise CrescendoError(f"cannot write to {folder}: {error}") from None
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


def _write_all(folder: Path, kind: str) -> list[Published]:
    with warehouse.connect(read_only=True) as connection:
        relations = [relation for relation in _built(connection) if not relation.is_helper]
        shown = [relation for relation in relations if relation.kind != "function"]
        published = [_write(connection, relation, folder, kind) for relation in shown]
    (folder / CONTENTS).write_text(json.dumps([vars(table) for table in published], indent=1) + "\n")
    return published


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
        written = _write_months(connection, relation, order, place)
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


def _write_months(connection: duckdb.DuckDBPyConnection, relation: Relation, order: str, place: Path) -> str:
    """Write a fact as Parquet, a folder for each month; returns what reads it."""
    month = f"strftime({quoted(relation.day)}, '%Y-%m') as month"
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


def _print(published: list[Published], form: str) -> None:
    for table in published:
        if table.rows_without_nul:
            said = f"{table.table}: {table.rows_without_nul:,} rows hold a NUL character in a text, which was left out"
            click.echo(f"warning: {said}", err=True)
    if form == "json":
        click.echo(json.dumps([vars(table) for table in published]))
        return
    for table in published:
        click.echo(f"{table.rows:>12,}  {table.table}")
