"""Models of a domain as dbt compiled them, built again and again in memory, as dbt builds them in a file."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from types import SimpleNamespace

import duckdb
from compiled import insert, statement_of
from conftest import ROOT
from crescendo import builds
from crescendo.ingest import flatten, ledger
from crescendo.sources import all_sources
from jinja2 import Environment


@dataclass(frozen=True)
class Domain:
    """Of which tables it is.

    `raw` are those that a test fills, `of_one_build` hold what a build takes up, and not what it keeps; `views` are
    compared too. `plan` is the model that plans, and `note` what is noted with the one of the name `touched`.
    """

    source: str
    marts: str
    raw: tuple[str, ...]
    of_one_build: tuple[str, ...]
    views: tuple[str, ...]
    plan: str
    touched: str
    note: str


LEADS = Domain(
    "leads",
    "leads",
    raw=("leads", "call_attempts", "touches", "deals", "media_spend"),
    of_one_build=(
        "int_leads_loads_changed",
        "int_leads_rows_changed",
        "int_leads_planned",
        "int_leads_touched",
        "int_leads_calls_touched",
    ),
    views=("int_leads_observations", "int_leads_restatements_found"),
    plan="int_leads_planned",
    touched="int_leads_touched",
    note="note_planned_leads",
)
FILMS = Domain(
    "tmdb",
    "films",
    raw=("movie_ids", "movies", "movies__genres", "movie_lists__results", "daily_lists__popular", "movie_absences"),
    # how much is settled depends on when it was
    of_one_build=(
        "int_films_days_changed", "int_films_planned", "int_films_days_planned", "int_films_days_touched",
        "int_films_movies_settled",
    ),
    views=(
        "int_films_observations", "int_films_subjects", "int_films_memberships", "int_quality_films_found",
        "forecast_features", "vw_movie_latest", "vw_top_movies",
    ),
    plan="int_films_planned",
    touched="int_films_days_touched",
    note="note_planned_films",
)  # fmt: skip


@dataclass
class Relation:
    """What the macros ask of a relation of dbt."""

    name: str
    database: None = None

    def include(self, **_):
        return self

    def __str__(self):
        return self.name


@cache
def template():
    """The macros as they are written, but for those that return lists or ask dbt."""
    text = (ROOT / "macros" / "increments.sql").read_text()
    answered = "taken_leads|leads_code|taken_films|films_code|taken_series|series_code|plan_of_model|code_of_model"
    answered += "|is_touched|renewed_observations"
    text = re.sub(rf"\{{% macro ({answered})\(.*?endmacro %\}}", "", text, flags=re.DOTALL)
    return Environment(extensions=["jinja2.ext.do"], autoescape=False).from_string(text)


def made_of(domain, found):
    """Of a manifest's nodes, those that a domain is made of: name -> node, in the order in which they are made."""
    folder = f"models/marts/{domain.marts}/"
    marts = [name for name, node in found.items() if node["original_file_path"].startswith(folder)]
    parents, waiting = {}, [*marts, *domain.views, *domain.of_one_build]
    while waiting:
        name = waiting.pop()
        if name not in parents:
            above = [key.split(".")[-1] for key in found[name]["depends_on"].get("nodes", []) if "source." not in key]
            parents[name] = above
            waiting += above
    return {name: found[name] for name in TopologicalSorter(parents).static_order()}


def macros_of(connection, node, nodes, plan, code):
    """The macros as they are for a model; those that return lists, or ask dbt, are answered here."""

    def relation(name):
        return f"{nodes[name]['schema']}.{name}"

    told = {
        "execute": True,
        "this": Relation(relation(node["name"])),
        "model": SimpleNamespace(name=node["name"]),
        "graph": {"nodes": {f"model.crescendo.{key}": node for key, node in nodes.items()}},
        "adapter": SimpleNamespace(get_relation=lambda _, schema, alias: f"{schema}.{alias}"),
        "load_cached_relation": lambda relation: relation,
        "judged_part": relation,
        "plan_of_model": lambda: plan,
        "code_of_model": lambda: code,
        "run_query": lambda sql: SimpleNamespace(rows=connection.execute(sql).fetchall()),
        "return": lambda value: value,
    }
    return template().make_module(told)


def taken_up(connection, node, part, macros):
    """Make an incremental table and what is noted with it; whether it went on.

    `part` is the node as it is compiled for a table that goes on.
    """
    relation = f"{node['schema']}.{node['name']}"
    is_there = connection.execute("select 1 from duckdb_tables() where table_name = ?", [node["name"]]).fetchall()
    goes_on = bool(is_there) and macros.goes_on().strip() == "True"
    if goes_on:
        connection.execute(f"create or replace temp table taken as {part['compiled_code']}")
        columns = [SimpleNamespace(quoted=one) for one in connection.sql("from temp.taken limit 0").columns]
        arguments = SimpleNamespace(
            target_relation=relation,
            temp_relation="temp.taken",
            unique_key=node["config"]["unique_key"],
            dest_columns=columns,
        )
        connection.execute(macros.get_incremental_touched_sql(arguments))
    else:
        connection.execute(statement_of(node, "create or replace"))
    connection.execute(macros.note_taken())
    return goes_on


class Tables:
    """A warehouse of a domain.

    `whole` and `part` are the nodes as they are compiled for tables that are made anew, and for those that go on.
    """

    def __init__(self, domain, whole, part):
        self.domain, self.whole, self.part, self.number, self.went_on = domain, whole, part, 0, set()
        self.connection = duckdb.connect()
        self.connection.execute("set threads to 1; set variable mask_key = 'of the tests'")
        ledger.prepare(self.connection)
        builds.prepare(self.connection)
        for source in all_sources().values():
            tables = [table for document in source.documents for table in flatten.raw_tables(document)]
            ledger.prepare_raw(self.connection, source, tables)
        for node in whole.values():
            self.connection.execute(f"create schema if not exists {node['schema']}")
            if node["resource_type"] == "seed":
                self.connection.execute(statement_of(node))
        self.code = re.search(r"plans\.code <> ('\w+')", whole[domain.plan]["compiled_code"]).group(1)

    def receive(self, raw):
        """These raw rows, and no others, were loaded: table -> dictionaries."""
        schema = f"raw_{self.domain.source}"
        for table in self.domain.raw:
            self.connection.execute(f"delete from {schema}.{table}")
            if raw[table]:
                columns = self.connection.sql(f"from {schema}.{table} limit 0").columns
                insert(self.connection, f"{schema}.{table}", [[row.get(one) for one in columns] for row in raw[table]])
        spend = [(row["_file_id"], row["_row_id"], 1, row["_index"]) for row in raw.get("media_spend", ())]
        self.connection.execute("delete from load_audit.file_records")
        if spend:
            insert(self.connection, "load_audit.file_records", spend)
        self.connection.execute("""
            insert or replace into load_audit.loads
            select i, timestamp '2026-01-01' + interval (i) day, null, '' from range(1, 99) as a(i)
            where i not in (select _load_id from load_audit.loads)
        """)
        self.connection.execute("""
            insert or replace into load_audit.files by name
            select i as _file_id, i as _load_id, 'f' || i as path, 0 as size_bytes, 'loaded' as status,
                true as is_current
            from range(1, 99) as a(i) where i not in (select _file_id from load_audit.files)
        """)

    def build(self, until=None, within=False):
        """Make all models in their order; or those before `until`, or it too but for its commit, as if killed there."""
        self.number, self.went_on = self.number + 1, set()
        for name, node in self.whole.items():
            if name == until and not within:
                return
            kind = node["config"]["materialized"] if node["resource_type"] == "model" else "seed"
            if kind == "view" and self.number == 1:
                self.connection.execute(statement_of(node, "create or replace"))
            elif kind not in ("view", "seed"):
                self.connection.execute("begin")
                self._make(name, node, kind)
                self.connection.execute("rollback" if name == until else "commit")
            if name == until:
                return

    def _make(self, name, node, kind):
        """What the materialisation of a table does, and what is noted with it."""
        run = re.sub(r"'[0-9a-f-]{36}' as plan_id", f"'run {self.number}' as plan_id", node["compiled_code"])
        node = node | {"compiled_code": run}
        macros = macros_of(self.connection, node, self.whole, self.domain.plan, self.code)
        if kind == "incremental":
            self.went_on |= {name} if taken_up(self.connection, node, self.part[name], macros) else set()
            return
        self.connection.execute(statement_of(node, "create or replace"))
        if name == self.domain.touched:
            self.connection.execute(getattr(macros, self.domain.note)())

    def _relation(self, name):
        return f"{self.whole[name]['schema']}.{name}"

    def rows(self):
        """All rows of all tables that the domain is made of, each in an order of its own."""
        tables = self.connection.execute(
            """
            select schema_name || '.' || table_name from duckdb_tables()
            where schema_name in (?, 'intermediate') and not temporary
            """,
            [self.domain.marts],
        ).fetchall()
        kept = [name for (name,) in tables if name.split(".")[1] not in self.domain.of_one_build]
        kept += [self._relation(name) for name in self.domain.views]
        return {name: self.connection.sql(f"from {name} order by all").fetchall() for name in kept}

    def ask(self, sql):
        return self.connection.execute(sql).fetchall()


def differences(one, other):
    """The first rows of each table that only one of the two has."""
    mine, theirs = one.rows(), other.rows()
    assert mine.keys() == theirs.keys() and len(mine) > 20
    found = {}
    for name in mine:
        only, missing = Counter(mine[name]), Counter(theirs[name])
        if only != missing:
            found[name] = [*(only - missing)][:3], [*(missing - only)][:3]
    return found
