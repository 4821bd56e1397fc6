"""Publishing to a real PostgreSQL and to files: whole or not at all, equal to what was sent, safe beside readers."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb
import pytest
from conftest import BALANCE, ROOT
from crescendo import dbt, manifest
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.publish import files as exports
from crescendo.publish import postgres, schema
from servers import programs, psql, server

names = (f"test_{number}" for number in count(1))
KILLS = int(os.environ.get("CRESCENDO_KILLS", "5"))


@pytest.fixture(scope="session")
def postgresql():
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL server is installed: .ci/run installs Debian's package `postgresql`")
        pytest.skip("no PostgreSQL server is installed (`apt-get install postgresql`)")
    with server() as environment:
        yield environment


@contextmanager
def copied(postgresql, monkeypatch, template):
    """A copy of a database, which the PG* variables name while it is there."""
    name = next(names)
    psql(postgresql, f"create database {name} template {template}")
    environment = postgresql | {"PGDATABASE": name}
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    yield environment
    psql(postgresql, f"drop database {name} with (force)")


@pytest.fixture
def database(postgresql, monkeypatch):
    """An empty database, which the PG* variables name."""
    with copied(postgresql, monkeypatch, "template1") as environment:
        yield environment


@pytest.fixture(scope="session")
def template(built, postgresql, two_states, tmp_path_factory):
    """The name of a database to which the first of the small warehouses was published."""
    psql(postgresql, "create database small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        variables = postgresql | {"PGDATABASE": "small", "CRESCENDO_DB": str(two_states[0])}
        for key, value in (variables | {"DBT_TARGET_PATH": str(built / "target")}).items():
            patch.setenv(key, value)
        postgres.publish_postgres()
    return "small"


@pytest.fixture
def old(postgresql, template, monkeypatch):
    """A database to which the first of the small warehouses was published, which the PG* variables name."""
    with copied(postgresql, monkeypatch, template) as environment:
        yield environment


@pytest.fixture(scope="session")
def whole(built, postgresql, tmp_path_factory):
    """A database to which the built sample was published. A test leaves it as it is."""
    psql(postgresql, "create database whole")
    environment = postgresql | {"PGDATABASE": "whole"}
    warehouse = tmp_path_factory.mktemp("whole") / "crescendo.duckdb"
    shutil.copy(built / "crescendo.duckdb", warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        for key, value in environment.items() | {("CRESCENDO_DB", str(warehouse))}:
            patch.setenv(key, value)
        postgres.publish_postgres()
    return environment


@pytest.fixture
def published(whole, project, monkeypatch):
    """The same, which the PG* variables name."""
    for key, value in whole.items():
        monkeypatch.setenv(key, value)
    return whole


def relations_of(project):
    return manifest.published(dbt.manifest())


def state(environment):
    return psql(environment, BALANCE)[0]


# --- what is published -----------------------------------------------------------------------------------------


def test_the_ddl_in_the_docs_runs_on_an_empty_database_without_a_warning(database):
    command = [str(programs() / "psql"), "-qX", "--single-transaction", "-v", "ON_ERROR_STOP=1", "--file"]
    done = subprocess.run([*command, str(ROOT / "docs" / "schema.sql")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_arrives_is_what_was_sent_and_a_second_time_changes_nothing(project, published):
    relations = [relation for relation in relations_of(project) if relation.kind == "table"]
    counted = [f"select '{one.full_name}' as name, count(*) as row_count from {one.full_name}" for one in relations]
    with duckdb.connect(os.environ["CRESCENDO_DB"], read_only=True) as connection:
        sent = {name: str(rows) for name, rows in connection.execute(" union all ".join(counted)).fetchall()}
    assert dict(psql(published, " union all ".join(counted))) == sent
    again = postgres.publish_postgres()
    assert {table.table: str(table.rows) for table in again} == sent
    assert dict(psql(published, " union all ".join(counted))) == sent
    left = psql(published, "select nspname from pg_namespace where nspname like '%\\_\\_%'")
    assert left == [], "no schema of the building is left"


def test_every_key_of_the_models_is_held_by_the_database(project, published):
    tables = [relation for relation in relations_of(project) if relation.kind == "table"]
    found = "select count(*) from pg_constraint inner join pg_namespace on connamespace = pg_namespace.oid"
    ours = f"nspname in ({', '.join(repr(name) for name in schema.schemas(tables))})"
    declared = sum(len(relation.foreign_keys) for relation in tables)
    assert declared > 5
    assert psql(published, f"{found} where contype = 'f' and convalidated and {ours}") == [[str(declared)]]
    keyed = sum(bool(relation.primary_key) for relation in tables)
    assert psql(published, f"{found} where contype = 'p' and {ours}") == [[str(keyed)]]
    for relation in tables:
        assert relation.primary_key or relation.is_fact, f"{relation.full_name} has no key"


def test_an_orphan_a_duplicate_and_a_wrong_word_are_refused(project, published):
    series = "select * from metrics.fct_observations limit 1"
    one = "(series_id, observed_date) = (select series_id, observed_date from metrics.fct_observations limit 1)"
    said = psql(published, f"update metrics.fct_observations set series_id = -1 where {one}", ok=False)[0][0]
    assert "fct_observations_series_id_fkey" in said
    said = psql(published, f"insert into metrics.fct_observations {series}", ok=False)[0][0]
    assert "duplicate key" in said
    said = psql(published, "update metrics.dim_metrics set kind = 'mood'", ok=False)[0][0]
    assert "check constraint" in said


def test_dashboards_may_read_and_nothing_else(project, published):
    psql(published, "create role dashboard login in role crescendo_reader")
    assert psql(published, "select count(*) > 0 from metrics.song_days", user="dashboard") == [["t"]]
    called = "select count(*) > 0 from metrics.song_growth('2025-04-01', '2025-04-30')"
    assert psql(published, called, user="dashboard") == [["t"]]
    for write in ("delete from metrics.dim_series", "drop table metrics.dim_series", "create table metrics.x()"):
        psql(published, write, user="dashboard", ok=False)
    psql(published, "drop role dashboard")


# --- growth in PostgreSQL --------------------------------------------------------------------------------------


WINDOWS = [("2025-04-01", "2025-04-30"), ("2024-05-01", "2025-05-26"), ("2025-05-19", "2025-05-26")]


def test_growth_says_the_same_in_both_engines_for_every_function_and_window(project, published):
    functions = [relation for relation in relations_of(project) if relation.kind == "function"]
    assert {"series_growth", "song_growth", "observations_known_at"} <= {relation.name for relation in functions}
    with postgres._attached("") as target:
        target.connection.execute("call pg_clear_cache()")
        for relation in functions:
            columns = [f'"{column.name}"::{column.type} as "{column.name}"' for column in relation.columns.values()]
            for start, end in WINDOWS:
                days = {"from_date": start, "to_date": end}
                arguments = ", ".join(f"'{days.get(name, end)}'" for name in relation.parameters)
                call = f"from {relation.full_name}({arguments})"
                here = target.connection.execute(f"select {', '.join(columns)} {call}").fetchall()
                there = target.connection.execute(
                    f"select {', '.join(columns)} from postgres_query('target', $$select * {call}$$)"
                ).fetchall()
                assert here or "from_date" not in relation.parameters, relation.name
                assert_same(here, there, f"{relation.name} {start} {end}")


def assert_same(here, there, name):
    """Equal rows in any order; sums of doubles in another order may differ in the last digits."""

    def key(row):
        return tuple(f"{value:.6g}" if isinstance(value, float) else str(value) for value in row)

    here, there = sorted(here, key=key), sorted(there, key=key)
    assert len(here) == len(there), name
    for one, other in zip(here, there, strict=True):
        for value, theirs in zip(one, other, strict=True):
            assert value == (pytest.approx(theirs, rel=1e-9) if isinstance(value, float) else theirs), (
                name,
                one,
                other,
            )


def test_growth_in_postgresql_passes_the_test_vectors_of_the_definitions(project, database):
    read = dbt.manifest()
    by_name = {relation.name: relation for relation in manifest.published(read)}
    vectors = [test for test in read["unit_tests"].values() if test["model"] == "judged_series_growth"]
    assert "the_test_vectors_of_the_definitions_hold" in {test["name"] for test in vectors}
    relation = by_name["judged_series_growth"]
    columns = {other.full_name: list(other.columns) for other in by_name.values()}
    for test in vectors:
        tables = [create_as_given(by_name, given) for given in test["given"]]
        window = [test["overrides"]["macros"][day] for day in ("from_day", "to_day")]
        made = ["drop schema if exists metrics, intermediate cascade", "create schema metrics"]
        made += ["create schema intermediate"]
        function = schema._function(relation, columns)
        psql(database, "set client_min_messages = warning", *made, *tables, *function)
        for row in test["expect"]["rows"]:
            said = " and ".join(
                f"{name} is null"
                if value is None
                # the vectors give as many digits as people read
                else f"round({name}::numeric, 6) = round({value}, 6)"
                if relation.columns[name].type in ("double", "bigint", "integer")
                else f"{name} = '{value}'"
                for name, value in row.items()
            )
            found = psql(database, f"select * from metrics.judged_series_growth({', '.join(window)}) where {said}")
            assert len(found) == 1, (test["name"], row)


def create_as_given(by_name, given):
    relation = by_name[re.findall(r"'(\w+)'", given["input"])[0]]
    types = ", ".join(f'"{column.name}" {schema.postgres_type(column.type)}' for column in relation.columns.values())
    made = [f"create table {relation.full_name} ({types})"]
    for row in given["rows"]:
        said = {name: value for name, value in row.items() if value not in (None, "")}
        values = ", ".join("'" + str(value).replace("'", "''") + "'" for value in said.values())
        made.append(f"insert into {relation.full_name} ({', '.join(said)}) values ({values})")
    return "; ".join(made)


# --- the old state or the new one ------------------------------------------------------------------------------


@contextmanager
def reading(environment, query):
    """psql asks again and again; yields the list that its answers are in at the end."""
    answers = []
    command = [str(programs() / "psql"), "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    question = query.replace("\n", " ")
    process.stdin.write(f"{question} \\watch 0.005\n")
    process.stdin.flush()
    yield answers
    assert process.poll() is None, process.stdout.read()
    process.send_signal(signal.SIGINT)  # ends \\watch; the end of its input ends psql, all printed
    said, _ = process.communicate()
    lines = [line for line in said.splitlines() if "canceling statement due to user request" not in line]  # by SIGINT
    answers += [line for line in lines if re.match(r"[-\d]", line) or "ERROR" in line]


def test_a_reader_sees_the_old_state_or_the_new_one_during_publications(project, old, two_states, monkeypatch):
    expected = {"\t".join(state(old))}
    with (
        reading(old, BALANCE) as first,
        reading(old, f"begin \\; {BALANCE} \\; {BALANCE} \\; commit") as second,
    ):
        for path in 3 * two_states[::-1]:
            monkeypatch.setenv("CRESCENDO_DB", str(path))
            postgres.publish_postgres()
            expected.add("\t".join(state(old)))
    assert len(expected) == 2
    for answers in (first, second):
        assert len(answers) > 100
        assert set(answers) == expected
    pairs = zip(second[::2], second[1::2], strict=False)
    assert all(one == other for one, other in pairs), "a transaction sees one state, however many questions it asks"


def test_a_publication_that_is_killed_at_any_moment_leaves_the_old_state(project, old, two_states, monkeypatch):
    before = state(old)
    monkeypatch.setenv("CRESCENDO_DB", str(two_states[1]))
    command = [sys.executable, "-m", "crescendo.cli", "publish", "postgres"]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole, after = time.monotonic() - started, state(old)
    assert after != before
    chance, seen = random.Random(4), set()
    for _ in range(KILLS):
        if state(old) != before:
            monkeypatch.setenv("CRESCENDO_DB", str(two_states[0]))
            postgres.publish_postgres()
            monkeypatch.setenv("CRESCENDO_DB", str(two_states[1]))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * chance.uniform(0.4, 1))
        process.kill()
        process.wait()
        seen.add(tuple(state(old)))
    assert seen <= {tuple(before), tuple(after)}
    postgres.publish_postgres()
    assert state(old) == after


def test_a_reader_who_stays_holds_publication_off_and_loses_nothing(project, old, two_states, monkeypatch):
    before = state(old)
    monkeypatch.setenv("CRESCENDO_DB", str(two_states[1]))
    reader = subprocess.Popen(
        [str(programs() / "psql"), "-qAtX"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    reader.stdin.write("begin; select count(*) from metrics.dim_series;\n")
    reader.stdin.flush()
    reader.stdout.readline()
    with pytest.raises(CrescendoError, match="readers did not leave the tables within 1 seconds"):
        postgres.publish_postgres(wait=1)
    assert state(old) == before
    reader.communicate("commit;\n")
    postgres.publish_postgres()
    assert state(old) != before


def test_what_arrives_changed_is_not_published(project, old, two_states, monkeypatch):
    before = state(old)
    # the server itself loses a row of each table that is made from now on
    psql(
        old,
        "create function public.lose() returns trigger language plpgsql as"
        " $$ begin return case when random() < 0.5 then new end; end $$",
        "create function public.spoil() returns event_trigger language plpgsql as $$ begin"
        " if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'metrics__next.dim_platforms')"
        " then create trigger lose before insert on metrics__next.dim_platforms"
        " for each row execute function public.lose(); end if; end $$",
        "create event trigger spoil on ddl_command_end when tag in ('CREATE TABLE') execute function public.spoil()",
    )
    monkeypatch.setenv("CRESCENDO_DB", str(two_states[1]))
    with pytest.raises(CrescendoError, match=r"metrics.dim_platforms did not arrive as it was sent"):
        postgres.publish_postgres()
    assert state(old) == before


# --- mistakes --------------------------------------------------------------------------------------------------


def test_a_second_publication_waits_for_the_end_of_the_first(project, database):
    lock = f"select pg_advisory_lock({postgres.ADVISORY_LOCK});\n"
    command = [str(programs() / "psql"), "-qAtX"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        first.stdin.write(lock)
        first.stdin.flush()
        first.stdout.readline()
        with pytest.raises(CrescendoError, match="another publication is running"):
            postgres.publish_postgres()


def test_schemas_and_views_of_others_are_not_destroyed(project, database, two_states, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(two_states[0]))
    psql(database, "create schema metrics", "create table metrics.mine (id integer)")
    with pytest.raises(CrescendoError, match="schema metrics is there and is not ours"):
        postgres.publish_postgres()
    psql(database, "set client_min_messages = warning", "drop schema metrics cascade")
    postgres.publish_postgres()
    psql(database, "create view public.mine as select * from metrics.dim_series")
    with pytest.raises(CrescendoError, match=r"would be lost: mine on metrics.dim_series"):
        postgres.publish_postgres()
    assert psql(database, "select count(*) from public.mine") == [["10"]]


@pytest.mark.parametrize(
    "dsn",
    [
        "host=localhost password=hush",
        "host=localhost PASSWORD = hush",
        "postgresql://me:hush@localhost/x",
        "postgresql://localhost/x?password=hush",
        "postgresql://localhost/x?pass%77ord=hush",
        "postgresql://localhost/x?sslpass%77ord%3Dhush",
    ],
)
def test_a_password_on_the_command_line_is_refused(dsn, capsys):
    assert main(["publish", "postgres", "--dsn", dsn]) == 2
    said = capsys.readouterr().err
    assert "PGPASSWORD" in said
    assert "hush" not in said


def test_a_server_that_is_not_there_is_named_without_a_traceback(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGPASSWORD", "hush")
    assert main(["publish", "postgres"]) == 2
    said = capsys.readouterr().err
    assert "No such file or directory" in said
    assert "the state before was kept" in said
    assert "hush" not in said


# --- files -----------------------------------------------------------------------------------------------------


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def exported(built, tmp_path_factory):
    """A folder to which the built sample was exported as files of both kinds. Read only."""
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        patch.setenv("CRESCENDO_DB", str(built / "crescendo.duckdb"))
        patch.setenv("DBT_TARGET_PATH", str(built / "target"))
        for kind in ("csv", "parquet"):
            assert main(["publish", kind, str(folder)]) == 0
    return folder


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_hold_the_tables_and_a_second_export_is_byte_for_byte_the_same(project, exported, tmp_path, kind):
    shutil.copytree(exported / kind, tmp_path / kind)
    first = tree(tmp_path)
    assert first
    assert main(["publish", kind, str(tmp_path)]) == 0
    assert tree(tmp_path) == first
    with duckdb.connect(os.environ["CRESCENDO_DB"], read_only=True) as connection:
        for table in ("audience.dim_songs", "metrics.fct_observations", "metrics.song_days"):
            place = f"{tmp_path}/{kind}/{table.replace('.', '/')}"
            files = f"{place}/*/*.parquet" if kind == "parquet" and "fct_" in table else f"{place}.{kind}"
            written, held = (
                connection.execute(f"select count(*) from {name}").fetchone() for name in (f"'{files}'", table)
            )
            assert written == held


def test_parquet_facts_lie_by_month(exported):
    months = {path.name for path in (exported / "parquet" / "metrics" / "fct_observations").iterdir()}
    assert {"month=2025-04", "month=2025-05"} <= months


@pytest.fixture
def changed(project, two_states, tmp_path, monkeypatch):
    """A copy of a small warehouse that a test may change, by the statements that are given to it."""
    path = tmp_path / "changed.duckdb"
    shutil.copy(two_states[1], path)
    monkeypatch.setenv("CRESCENDO_DB", str(path))

    def change(*statements):
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


def test_csv_goes_to_exports_by_default(changed, project, tmp_path, monkeypatch):
    for name in ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests"):
        (tmp_path / name).symlink_to(project / name)
    monkeypatch.chdir(tmp_path)
    assert main(["publish", "csv"]) == 0
    assert (tmp_path / "exports" / "csv" / "audience" / "dim_songs.csv").is_file()


def test_no_cell_of_a_csv_is_a_formula(changed, tmp_path):
    changed("update metrics.dim_platforms set platform_name = '=HYPERLINK(\"x\")' where platform = 'spotify'")
    exports.publish_files(tmp_path, "csv")
    written = (tmp_path / "csv" / "metrics" / "dim_platforms.csv").read_text()
    assert '"\'=HYPERLINK(""x"")"' in written


NUL = "update audience.dim_songs set title = 'Nu' || chr(0) || 'l' where song_id = (select min(song_id) from {})"


def test_a_nul_is_left_out_of_postgresql_and_said(changed, database, capsys):
    changed(NUL.format("audience.dim_songs"))
    assert main(["publish", "postgres"]) == 0
    assert "audience.dim_songs: 1 row holds a NUL character in a text, which was left out" in capsys.readouterr().err
    assert psql(database, "select count(*) from audience.dim_songs where title = 'Nul'") == [["1"]]


def test_odd_characters_do_not_keep_a_csv_from_being_written(changed, tmp_path):
    titles = ["'Nu' || chr(0) || 'l'", "chr(0) || '=1'", "chr(10) || '=1+1'", "'\uff1d1'", "chr(12) || '=1'"]
    changed(
        "create temp table odd as"
        " select song_id, row_number() over (order by song_id) as place from audience.dim_songs",
        f"update audience.dim_songs as songs set title = [{', '.join(titles)}][odd.place] from odd"
        f" where odd.song_id = songs.song_id and odd.place <= {len(titles)}",
    )
    exports.publish_files(tmp_path, "csv")
    written = (tmp_path / "csv" / "audience" / "dim_songs.csv").read_text()
    assert "\0" not in written and "Nul" in written
    with duckdb.connect() as connection:
        found = connection.execute(
            "select title from read_csv(?, all_varchar = true) order by song_id limit ?",
            [str(tmp_path / "csv" / "audience" / "dim_songs.csv"), len(titles)],
        ).fetchall()
    assert [title for (title,) in found] == ["Nul", "'=1", "'\n=1+1", "'\uff1d1", "'\x0c=1"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_empty_facts_are_empty_files_with_their_columns(changed, project, tmp_path, kind):
    facts = [relation for relation in relations_of(project) if relation.is_fact]
    assert len(facts) > 3
    changed(*(f"delete from {fact.full_name}" for fact in facts if fact.kind == "table"))
    published = {table.table: table.rows for table in exports.publish_files(tmp_path, kind)}
    for fact in facts:
        assert published[fact.full_name] == 0
        place = tmp_path / kind / fact.schema / fact.name
        files = f"{place}/*/*.parquet" if kind == "parquet" and fact.day else f"{place}.{kind}"
        with duckdb.connect() as connection:
            options = ", hive_partitioning = false" if kind == "parquet" else ""
            found = connection.execute(f"describe from read_{kind}('{files}'{options})").fetchall()
        assert [row[0] for row in found] == list(fact.columns)


def test_two_exports_into_one_folder_follow_each_other(changed, tmp_path):
    command = [sys.executable, "-m", "crescendo.cli", "publish", "csv", str(tmp_path)]
    with exports._held(tmp_path):
        waiting = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        # the kernel lists who waits for a lock
        while not re.search(rf"-> FLOCK +ADVISORY +WRITE {waiting.pid} ", Path("/proc/locks").read_text()):
            assert waiting.poll() is None and time.monotonic() < until, "it does not wait"
            time.sleep(0.01)
        assert not (tmp_path / "csv").exists()
    assert waiting.wait(60) == 0
    assert (tmp_path / "csv" / exports.CONTENTS).is_file()


def test_a_folder_of_somebody_else_is_not_replaced(project, tmp_path):
    mine = tmp_path / "csv" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(CrescendoError, match="not an export"):
        exports.publish_files(tmp_path, "csv")
    assert mine.read_text() == "mine"


def test_an_export_killed_between_its_two_renames_is_healed(changed, tmp_path):
    folder = tmp_path / "files"
    exports.publish_files(folder, "csv")
    before = tree(folder / "csv")
    (folder / "csv").rename(folder / "csv__old")
    (folder / "csv__next").mkdir()
    exports.publish_files(folder, "csv")
    assert {path.name for path in folder.iterdir()} == {"csv"}
    assert before and tree(folder / "csv") == before


@pytest.mark.parametrize("kind", ["csv", "parquet", "raw"])
def test_without_a_warehouse_no_folder_is_made(tmp_path, kind):
    with pytest.raises(CrescendoError, match="there is no warehouse at"):
        exports.publish_files(tmp_path / "exports", kind, tmp_path / "none.duckdb")
    assert not list(tmp_path.iterdir())
