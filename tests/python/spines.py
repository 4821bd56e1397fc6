"""The spine as dbt compiled it, built again and again in a database in memory, as dbt builds it in a file."""

import re
from datetime import date, datetime, timedelta
from graphlib import TopologicalSorter

import duckdb
from compiled import insert, statement_of
from conftest import ROOT
from crescendo import builds
from crescendo.ingest import ledger
from jinja2 import Environment
from taken_tables import macros_of, taken_up

# what people read, and what is read off it; all of it must be as if it was made at once
TABLES = (
    *("dim_series", "dim_metrics", "fct_observations", "fct_silences", "int_ends_observed", "int_ends_unconfirmed"),
    *("platform_completeness", "int_series_described", "series_weeks"),
)
# of these, what goes on with the facts
READ_OFF = {"fct_silences", "int_ends_observed"}
ASKED = ("observations_known_at", "revised_observations")
STUBS = """
    create schema metrics;
    create schema intermediate;
    create schema audience;
    create schema seeds;
    create schema staging;
    create table intermediate.int_observations_unioned (
        subject_id varchar, metric_id varchar, observed_date date,
        value double, linked_value double, is_restated boolean
    );
    create table metrics.dim_subjects (
        subject_id varchar, subject_type varchar, name varchar, began_on date, is_composed boolean
    );
    -- where else a metric may be named
    create table audience.fct_place_observations (metric_id varchar);
"""
BEGAN = re.compile(r"(?<=cast\()'[^']+'(?= as timestamp\)\s+as judged_at)")
PLAN = "int_series_planned"
GIVEN = ("int_observations_unioned", "dim_subjects", "fct_place_observations")


def spine_of(nodes):
    """Of all that dbt compiled, the nodes of the spine: name -> node, in the order in which they are made."""
    parents, waiting = {}, [*TABLES, *ASKED]
    while waiting:
        name = waiting.pop()
        if name not in parents and name not in GIVEN:
            above = [key.split(".")[-1] for key in nodes[name]["depends_on"].get("nodes", []) if "source." not in key]
            parents[name] = above
            waiting += above
    order = [name for name in TopologicalSorter(parents).static_order() if name not in GIVEN]
    return {name: nodes[name] for name in order}


class Spine:
    """A warehouse that holds the models of the spine and their input.

    `nodes` are compiled for tables that are made anew; `part` are the incremental ones, for tables that go on.
    """

    def __init__(self, nodes, part):
        self.nodes, self.part, self.connection, self.whole, self.went_on = nodes, part, duckdb.connect(), 0, set()
        self.now = datetime(2026, 1, 1)
        self.connection.execute("set threads to 1")
        self.connection.execute(STUBS)
        ledger.prepare(self.connection)
        text = (ROOT / "macros" / "judging.sql").read_text()
        self.macros = Environment(extensions=["jinja2.ext.do"], autoescape=False).from_string(text).module
        for node in nodes.values():
            if node["resource_type"] == "seed":
                self.connection.execute(statement_of(node))

    def receive(self, rows):
        """These rows, and no others, are what the domains contribute."""
        self.connection.execute("delete from intermediate.int_observations_unioned")
        self.connection.execute("delete from metrics.dim_subjects")
        if rows:
            insert(self.connection, "intermediate.int_observations_unioned", rows)
        subjects = sorted({row[0] for row in rows})
        self.connection.executemany(
            "insert into metrics.dim_subjects values (?, 'song', ?, null, false)",
            [(subject, subject) for subject in subjects] or [("song:none", "none")],
        )

    def build(self, until=None):
        """Make all models in their order; or those before `until`, as a run that is killed there."""
        builds.prepare(self.connection)
        self.now += timedelta(minutes=1)
        self.went_on = set()
        for name, node in self.nodes.items():
            if name == until:
                return
            if name == "fct_observations":
                self._judge(node)
            elif node["config"]["materialized"] == "incremental":
                macros = macros_of(self.connection, node, self.nodes, PLAN, "'as it is'")
                self.went_on |= {name} if taken_up(self.connection, node, self.part[name], macros) else set()
            elif node["resource_type"] == "model":
                # what dbt wrote there is when its run began
                node = node | {"compiled_code": BEGAN.sub(f"'{self.now}'", node["compiled_code"])}
                self.connection.execute(statement_of(node, "create or replace"))

    def _judge(self, node):
        """What the materialisation of fct_observations does, in one transaction."""
        touched, planned = "intermediate.int_series_touched", "intermediate.int_judging_planned"
        run = self.connection.execute
        is_whole = run(f"select is_whole from {planned}").fetchone()[0]
        self.whole += is_whole
        run("begin")
        held = run("select count(*) from duckdb_columns() where table_name = 'fct_observations'").fetchone()[0]
        columns = [column[0] for column in run(f"select * from ({node['compiled_code']}) limit 0").description]
        if is_whole:
            run("create or replace table metrics.before as from metrics.fct_observations" if held else "select 1")
            run(statement_of(node, "create or replace"))
            if held == len(columns):
                run(self.macros.keep_replaced("metrics.fct_observations", "metrics.before", planned, columns))
        else:
            run(f"create or replace temp table judged as {node['compiled_code']}")
            begun = "min(oldest_date) filter (where carried_date is null)"
            found = f"select coalesce(min(carried_date), current_date), coalesce({begun}, current_date) from {touched}"
            spans = run(found).fetchone()
            run(self.macros.take_up_judged("metrics.fct_observations", "judged", touched, planned, columns, spans))
        run(self.macros.note_what_was_judged(touched, planned))
        code = self.nodes["int_judging_planned"]["compiled_code"].split("where code = ")[1].split()[0]
        run(f"delete from load_audit.judged_codes; insert into load_audit.judged_codes values ({code})")
        run("commit")

    def rows(self, name):
        """All rows of a table, in an order that depends on nothing but them; not since when they are known."""
        found = f"select columns(c -> c not in ('known_from', 'judged_at')) from {self.nodes[name]['schema']}.{name}"
        return self.connection.execute(f"{found} order by all").fetchall()

    def ask(self, sql):
        return self.connection.execute(sql).fetchall()

    def known_at(self, moment):
        """The observations as they were known at a moment."""
        found = f"select * exclude (known_from) from metrics.observations_known_at('{moment}')"
        return self.connection.execute(f"{found} order by all").fetchall()

    def is_stored_by_day(self):
        """Whether the observations lie in the order of their days."""
        days = self.connection.execute("select observed_date from metrics.fct_observations order by rowid").fetchall()
        return days == sorted(days)

    def change_catalogue(self, changes):
        """Statements that change lines of the catalogue."""
        for change in changes:
            self.connection.execute(change)

    def met(self):
        """What the last build was about."""
        names = ("whole", "builds", "carried", "begun", "gone", "outlier after")
        found = self.connection.execute("""
            select
                (select is_whole from intermediate.int_judging_planned)::int, 1,
                count(carried_date), count(*) filter (where not is_whole and carried_date is null and not is_vanished),
                count(*) filter (where is_vanished),
                (select count(*) from intermediate.int_excursions_found where is_outlier
                    and not (select is_whole from intermediate.int_judging_planned))
            from intermediate.int_series_touched
        """).fetchone()
        return dict(zip(names, found, strict=True))


def rows_of(series):
    """The contract's rows of series: (subject, metric) -> day -> Observation."""
    return [
        (*key, date.fromordinal(day.toordinal()), float(point.value), float(point.linked), bool(point.restated))
        for key, points in series.items()
        for day, point in points.items()
    ]
