"""The tables that people read, in a PostgreSQL database, whole or not at all."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation
from crescendo.publish import schema
from crescendo.publish.contents import NEXT, OLD, Published, built
from crescendo.publish.target import Target, load_extension, refuse_password
from crescendo.warehouse import text

# says that a schema is ours to replace
MARK = "Published by Crescendo; every publication replaces it."
# PostgreSQL's own deadlock check waits 1 s: give way to readers before it looks
LOCK_TIMEOUT = "250ms"
ADVISORY_LOCK = 0x6372657363  # any number, as long as every publication takes the same


def publish_postgres(dsn: str = "", *, wait: float = 60.0, file: Path | None = None) -> list[Published]:
    """Publish to the database that `dsn` or the PG* variables name; returns what was published, table by table.

    `file` is the warehouse, that of CRESCENDO_DB if None.

    Raises CrescendoError if the database cannot be reached, another publication runs, something of somebody else's
    is in the way, what arrived is not what was sent, or readers do not leave within `wait` seconds. The state
    before stays then.
    """
    refuse_password(dsn, "PGPASSWORD or ~/.pgpass")
    file = file or warehouse.path()
    with _attached(dsn, file) as target:
        relations = built(target.connection, file)
        made = schema.statements(relations, lambda name: name + NEXT)
        target.check(relations)
        target.run(*(f"drop schema if exists {name}{NEXT} cascade" for name in schema.schemas(relations)))
        target.run(schema.reader_role())
        target.run(*made.tables)
        target.connection.execute("call pg_clear_cache()")
        published = [
            target.copy(relation, f"{relation.schema}{NEXT}.{relation.name}")
            for relation in relations
            if relation.kind == "table"
        ]
        target.run(*made.keys)
        target.run(
            *(f"analyze {name.full_name.replace('.', NEXT + '.')}" for name in relations if name.kind == "table")
        )
        target.swap(relations, made.views, wait)
    return published


class _Target(Target):
    kind = "postgres"

    def run(self, *statements: str) -> None:
        """Run statements in one transaction of their own."""
        self.execute(";\n".join(statements))

    def check(self, relations: list[Relation]) -> None:
        """Refuse what would destroy the work of others."""
        names = ", ".join(text(name) for name in schema.schemas(relations))
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

    def swap(self, relations: list[Relation], views: list[str], wait: float) -> None:
        """Put the new schemas in the place of the old, in one transaction.

        All old tables are locked first, so that no reader sees some old and some new; where readers hold one of them,
        all locks are given back and tried again, so that no reader is in a deadlock with us.
        """
        names = schema.schemas(relations)
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
def _attached(dsn: str, file: Path | None = None) -> Iterator[_Target]:
    with warehouse.connect(file, read_only=True) as connection:
        load_extension(connection, "postgres")
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
            if not dsn and not any(os.environ.get(name) for name in ("PGHOST", "PGDATABASE", "PGSERVICE")):
                raise CrescendoError(
                    f"no PostgreSQL is here ({_reason(error)}), and none is named: set PGHOST and PGDATABASE, or type"
                    ' --dsn "host=localhost dbname=audience"'
                ) from None
            raise CrescendoError(f"PostgreSQL says: {_reason(error)}; the state before was kept") from None


def _reason(error: duckdb.Error) -> str:
    """PostgreSQL's own words, without the statement or the address that DuckDB quotes before them."""
    said = str(error)
    found = re.findall(r"(?:ERROR|FATAL): +(.+)", said) or re.findall(r"failed: (.+)", said)
    return found[0].strip() if found else said.splitlines()[0]
