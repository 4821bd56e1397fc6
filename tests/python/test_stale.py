"""What loads and others note of the raw tables they write to, and which models and tests a build takes for stale."""

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, dbt, project_in
from crescendo import builds, dbt_plugin
from crescendo.analysis.insights import store as estimates
from crescendo.analysis.recommend import store as recommendations
from crescendo.ingest import ledger
from crescendo.operations import journal
from crescendo.operations import store as operations
from crescendo.sources import all_sources
from reports import csv_text, song

REPORTS = ledger.tables_of(all_sources()["soundcharts"], "report")


def touched(desk, after):
    """The raw tables that loads later than one touched."""
    return set(
        desk.ask(
            "select distinct schema_name, table_name from load_audit.touched_tables"
            " where _load_id > ? and schema_name like 'raw%'",
            after,
        )
    )


def newest_load(desk):
    return desk.ask("select max(_load_id) from load_audit.loads")[0][0]


def test_a_load_notes_the_tables_of_its_documents_and_no_others(desk):
    desk.write("a.csv", csv_text([song(1), song(2)]))
    desk.load()
    assert REPORTS and touched(desk, 0) == REPORTS
    always = desk.ask("select distinct schema_name from load_audit.touched_tables where schema_name not like 'raw%'")
    assert set(always) == {("load_audit",), ("operations",)}
    desk.load()
    assert newest_load(desk) == 1, "nothing was new"


@pytest.mark.parametrize("verb", ["load", "replace", "refuse", "forget"])
def test_whatever_changes_a_raw_table_or_whose_it_is_notes_it(desk, verb):
    first = desk.write("a.csv", csv_text([song(1), song(2)]))
    desk.load()
    before, load = desk.digests(), newest_load(desk)
    if verb == "load":  # no row is new, but two files hold the record
        desk.write("b.csv", csv_text([song(2)]))
        desk.load()
    elif verb == "replace":
        desk.write("a.csv", csv_text([song(1)]))
        desk.load()
    elif verb == "refuse":
        desk.write("b.csv", "nothing,that,we,know\n1,2,3,4\n")
        desk.load()
    else:
        desk.run("forget", first)
    assert newest_load(desk) == load + 1
    assert (desk.digests() != before) == (verb in ("replace", "forget"))
    assert touched(desk, load) == (set() if verb == "refuse" else REPORTS)


def test_what_commands_write_is_noted_too(tmp_path):
    pandas = pytest.importorskip("pandas")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        estimates.replace(connection, {"forecasts": pandas.DataFrame()}, datetime(2025, 6, 1))
        recommendations.prepare(connection)
        row = dict.fromkeys(recommendations.TABLES["model_metrics"])
        row |= {name: 1 for name, kind in recommendations.TABLES["model_metrics"].items() if "bigint" in kind}
        row |= {name: "x" for name, kind in recommendations.TABLES["model_metrics"].items() if "varchar" in kind}
        row |= {name: 1.0 for name, kind in recommendations.TABLES["model_metrics"].items() if "double" in kind}
        row |= {name: datetime(2025, 6, 1) for name, kind in recommendations.TABLES["model_metrics"].items()
                if "timestamp" in kind}  # fmt: skip
        recommendations.insert(connection, "model_metrics", row)
        found = connection.execute("select schema_name, table_name, touch_id from load_audit.touched_tables").fetchall()
    assert found == [("estimates", "forecasts", 1), ("recommendations", "model_metrics", 2)]


def test_somebody_notes_every_table_that_dbt_reads(nodes):
    """A source without a writer that notes it would never make anything stale."""
    parents = {parent for node in nodes.values() for parent in node["depends_on"].get("nodes", [])}
    read = {tuple(parent.split(".")[2:4]) for parent in parents if parent.startswith("source.")}
    raw = {table for source in all_sources().values() for d in source.documents
           for table in ledger.tables_of(source, d.name)}  # fmt: skip
    commands = {(estimates.SCHEMA, name) for name in estimates.TABLES}
    commands |= {(recommendations.SCHEMA, name) for name in recommendations.TABLES}
    judging = {"judged_series", "judged_codes", "judgements", "replaced_observations", "held_observations"}
    # what the tables of leads and films hold: `goes_on` in macros/increments.sql
    taken = {"taken_lead_rows", "taken_film_days", "taken_plans"}
    known = raw | commands | set(ledger.WITH_EVERY_LOAD) | {("load_audit", name) for name in judging | taken}
    assert len(read) > 80 and read <= known
    macro = (ROOT / "macros/judging.sql").read_text("utf-8")
    assert all(f"'{name}'" in macro for name in judging)


MODEL, SOURCE = "model.crescendo.{}".format, "source.crescendo.raw_x.{}".format
# name, is_promise, is_view, parents: two raw tables, a view on each, a table on each view, and one on both tables
PROJECT = (
    ("view_a", False, True, [SOURCE("a")]), ("view_b", False, True, [SOURCE("b")]),
    ("table_a", False, False, [MODEL("view_a")]), ("table_b", False, False, [MODEL("view_b")]),
    ("both", False, False, [MODEL("table_a"), MODEL("table_b")]),
    ("view_a_holds", True, False, [MODEL("view_a")]), ("table_b_holds", True, False, [MODEL("table_b")]),
    ("both_hold", True, False, [MODEL("both"), MODEL("view_b")]),
)  # fmt: skip
OVER_A = {"table_a", "both", "view_a_holds", "both_hold"}
OVER_B = {"table_b", "both", "table_b_holds", "both_hold"}
STAMP = "of the project as it is"


@pytest.fixture
def project():
    """A warehouse in which all of PROJECT was built after the first load."""
    with duckdb.connect() as connection:
        ledger.prepare(connection)
        builds.prepare(connection)
        load(connection, 1, "a", "b")
        for name, is_promise, is_view, parents in PROJECT:
            connection.execute(
                "insert into load_audit.project_nodes values (?, ?, ?, ?, 'code', ?, true, ?)",
                [MODEL(name), name, is_promise, is_view, parents, STAMP],
            )
            connection.execute(
                "insert into load_audit.built_models values (?, 'code', timestamp '2025-06-01', 1, 1)", [MODEL(name)]
            )
            if not is_promise:
                connection.execute(f'create {"view" if is_view else "table"} "{name}" as select 1 as one')
        yield connection


def load(connection, number, *tables):
    ledger.begin(connection, number, "1")
    ledger.touch(connection, [("raw_x", table) for table in tables], number)
    ledger.end(connection, number)


def stale(connection):
    found = builds.stale(connection, STAMP)
    assert found.fresh_models + found.fresh_tests + len(found.nodes) == len(PROJECT)
    return {unique_id.split(".")[2] for unique_id in found.nodes}


def test_nothing_is_stale_after_a_build_and_everything_under_another_stamp(project):
    assert stale(project) == set()
    assert builds.stale(project, "of another version") is None
    project.execute("update load_audit.project_nodes set stamp = null")
    assert builds.stale(project, STAMP) is None, "dbt was run by hand"
    with duckdb.connect() as empty:
        assert builds.stale(empty, STAMP) is None


@pytest.mark.parametrize(("tables", "found"), [(("a",), OVER_A), (("b",), OVER_B), (("a", "b"), OVER_A | OVER_B)])
def test_what_reads_a_touched_table_is_stale_and_a_view_of_it_is_only_tested(project, tables, found):
    load(project, 2, *tables)
    assert stale(project) == found


def test_a_load_that_notes_nothing_may_have_touched_everything(project):
    load(project, 2)
    assert stale(project) == set(), "it notes what every load writes to"
    project.execute("insert into load_audit.loads values (3, now(), now(), 'an earlier version')")
    assert stale(project) == OVER_A | OVER_B


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("update load_audit.built_models set began_at = '2025-06-02' where unique_id like '%.table_b'",
         {"both", "table_b_holds", "both_hold"}),
        ("update load_audit.project_nodes set checksum = 'other' where name = 'table_a'",
         {"table_a", "both", "both_hold"}),
        ("delete from load_audit.built_models where unique_id like '%.view_a'", {"view_a", *OVER_A}),
        ("insert into load_audit.unbuilt_models values ('model.crescendo.table_a', 'x', now(), false)",
         {"table_a", "both", "both_hold"}),
        ("insert into load_audit.unbuilt_models values ('model.crescendo.both', 'x', now(), true)",
         {"both", "both_hold"}),
        ("insert into load_audit.broken_promises values ('view_a_holds', 3, now())", {"view_a_holds"}),
        ("delete from load_audit.built_models where unique_id like '%.both_hold'", {"both_hold"}),
        ("update load_audit.built_models set touch_id = null", OVER_A | OVER_B),
        ("drop table table_b", {"table_b", "both", "table_b_holds", "both_hold"}),
        ("drop view view_a; create schema raw_x; create table raw_x.view_a (one int)", {"view_a", *OVER_A}),
    ],
    ids=["a parent built later", "code", "a view never built", "killed", "failed", "broken", "undecided", "before",
         "dropped", "a dropped view"],
)  # fmt: skip
def test_what_is_not_known_to_be_as_a_build_would_make_it_is_stale(project, change, found):
    project.execute(change)
    assert stale(project) == found


def test_a_build_keeps_what_is_not_stale_and_the_unit_tests_that_passed_on_this_project(project):
    for test, stamp in (("unit_test.crescendo.a.old", "of another version"), ("unit_test.crescendo.a.new", STAMP)):
        project.execute("insert into load_audit.built_models values (?, ?, now(), 0, null)", [test, stamp])
    everything = {MODEL(name) for name, *_ in PROJECT} | {"unit_test.crescendo.a.new"}
    assert builds.kept(project, STAMP) == everything
    load(project, 2, "a")
    assert builds.kept(project, STAMP) == everything - {MODEL(name) for name in OVER_A}
    assert builds.kept(project, "of yet another") == set()


HERE = {"PROJECT_DIR": Path("x"), "PROFILES_DIR": Path("x"), "WHICH": "build", "EXCLUDE": ("resource_type:unit_test",)}


@pytest.mark.parametrize(
    ("flags", "is_ours", "may_leave_out"),
    [
        ({}, True, True),
        ({"EXCLUDE": ("dim_dates",)}, True, False),
        ({"SELECT": ("dim_dates",)}, True, False),
        ({"SELECTOR": "daily"}, True, False),
        ({"EXCLUDE_RESOURCE_TYPES": ("unit_test",)}, True, False),
        ({"FULL_REFRESH": True}, True, False),
        ({"WHICH": "run"}, True, False),
        ({"VARS": {"coverage_floor": 0.3}}, False, True),
        ({"TARGET": "mine"}, False, True),
        ({"PROFILES_DIR": Path("y")}, False, True),
        ({"EMPTY": True}, False, True),
    ],
)
def test_a_dbt_build_that_is_told_what_to_build_or_how_leaves_nothing_out(flags, is_ours, may_leave_out):
    assert dbt_plugin._is_as_the_project_says(HERE | flags) == is_ours
    assert dbt_plugin._may_leave_out(HERE | flags) == may_leave_out


def ran(folder):
    """The names of the models, seeds and tests that the last run of dbt did not leave out."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    nodes = [r["unique_id"].split(".") for r in results if r["status"] != "no-op"]
    return {kind: {name for of, _, name, *_ in nodes if of == kind} for kind in ("model", "seed", "test", "unit_test")}


def test_dbt_build_leaves_out_what_is_up_to_date(built, tmp_path):
    environment, file = project_in(tmp_path), tmp_path / "crescendo.duckdb"
    for path in built.glob("crescendo.duckdb*"):
        shutil.copy(path, tmp_path)
    most = ("build", "--exclude", "resource_type:unit_test")
    done = dbt(tmp_path, environment, *most)
    assert done.returncode == 0, done.stdout
    assert not any(ran(tmp_path).values())
    assert "models, seeds and tests are up to date and are left out (NO-OP); `dbt build --full-refresh`" in done.stdout
    # what is named is built, with its unit tests, which hold from then on
    assert dbt(tmp_path, environment, "build", "--select", "dim_identifiers").returncode == 0
    assert ran(tmp_path)["model"] == {"dim_identifiers"} and ran(tmp_path)["unit_test"]
    with duckdb.connect(str(file)) as connection:
        [[stamp]] = connection.execute("select distinct stamp from load_audit.project_nodes").fetchall()
        assert stamp and any(name.startswith("unit_test.") for name in builds.kept(connection, stamp))
        connection.execute("drop table metrics.dim_dates")
        days = connection.execute("select count(*) from metrics.fct_observations").fetchone()
    done = dbt(tmp_path, environment, *most)
    assert done.returncode == 0, done.stdout
    again = ran(tmp_path)
    assert "dim_dates" in again["model"] and not again["seed"] and len(again["model"]) < 100
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("from metrics.dim_dates limit 1").fetchall()
        assert connection.execute("select count(*) from metrics.fct_observations").fetchone() == days
        assert not builds.unbuilt(connection)


def test_the_seconds_of_a_build_of_everything_are_no_news_of_a_days_build(tmp_path):
    file = tmp_path / "x.duckdb"
    for is_whole in (True, False):
        with journal.run("build", file) as run, run.phase("transform"):
            run.measure("run", "build", "crescendo", "is_whole", is_whole)
        with duckdb.connect(str(file)) as connection:
            operations.fill(connection, file)
            took = connection.execute("""
                select list(subject_id order by subject_id) from operations.observations
                where metric = 'seconds' and subject_type in ('run', 'phase')""").fetchone()[0]
            assert not connection.execute("from operations.observations where metric = 'is_whole'").fetchall()
        whole = ["phase:build.transform_everything"]
        assert took == (whole if is_whole else ["phase:build.transform", *whole, "run:build"])


LEDGER = {
    "stg_load_audit__loads": ("loads", "_load_id"),
    "stg_load_audit__files": ("files", "_file_id"),
    "stg_load_audit__file_records": ("file_records", "_row_id"),
}
# they read all of the ledger, and change with every load
READERS = {
    "fct_extractions", "fct_quarantined_records", "int_observations_checked", "int_quality_record_files_aggregated",
}  # fmt: skip


def test_a_model_that_says_it_only_looks_up_the_ledger_joins_it_by_a_key_of_its_own_rows():
    found = set()
    for file in sorted((ROOT / "models").rglob("*.sql")):
        code = file.read_text("utf-8")
        read = {name for name in LEDGER if f"ref('{name}')" in code}
        if not read or file.stem in READERS:
            continue
        [said] = yaml.safe_load(file.with_suffix(".yml").read_text("utf-8"))["models"]
        assert set(said["config"]["meta"]["looks_up"]) == read, file.stem
        found.add(file.stem)
        for name in read:
            table, key = LEDGER[name]
            read_as = rf"(?:{table}|{{{{ ref\('{name}'\) }}}} as {table})"
            joins = re.findall(rf"join {read_as} on \w+\.{key} = {table}\.{key}$", code, re.MULTILINE)
            assert joins and len(joins) == len(re.findall(rf"(?:from|join) {table}\b|as {table}\b", code)), file.stem
    assert len(found) > 15
