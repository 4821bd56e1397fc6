"""Publishing to a real MariaDB: whole or not at all, equal to what was sent, with its keys, safe beside readers."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import duckdb
import pytest
from conftest import BALANCE, ROOT
from crescendo import dbt, manifest
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.publish import mysql, mysql_schema, schema
from servers import PLACES, mariadb, mariadb_programs, mariadb_server, reaching


@pytest.fixture(scope="module")
def server():
    if not mariadb_programs():
        if os.environ.get("CI"):
            pytest.fail("no MariaDB server is installed: .ci/run installs Debian's package `mariadb-server`")
        pytest.skip("no MariaDB server is installed (`apt-get install mariadb-server`)")
    with mariadb_server() as environment:
        yield environment


def databases(server):
    """The databases of a server that are not its own."""
    kept = ("information_schema", "mysql", "performance_schema", "sys")
    return [name for (name,) in mariadb(server, "show databases") if name not in kept]


@pytest.fixture
def reached(server, monkeypatch):
    """A server that the MYSQL_* variables name, as the test before left it."""
    for key, value in server.items():
        monkeypatch.setenv(key, value)
    return server


@pytest.fixture
def database(reached):
    """The server without databases of ours."""
    mariadb(reached, "set foreign_key_checks = 0", *(f"drop database `{name}`" for name in databases(reached)))
    return reached


@pytest.fixture(scope="module")
def smaller(two_states, tmp_path_factory):
    """The two small warehouses without the many rows of other tables that none refers to."""
    kept = ("dim_series", "fct_observations", "fct_silences")
    folder, states = tmp_path_factory.mktemp("smaller"), []
    for state in two_states:
        path = folder / state.name
        shutil.copy(state, path)
        with duckdb.connect(str(path)) as connection:
            large = "select schema_name, table_name from duckdb_tables() where estimated_size > 100 and not internal"
            for name, table in connection.execute(large).fetchall():
                if table not in kept and not table.startswith(("dim_", "int_")) and not name.startswith("raw"):
                    connection.execute(f"delete from {name}.{table}")
        states.append(path)
    return states


KILLS = int(os.environ.get("CRESCENDO_KILLS", "2"))


def of_metrics(relations):
    """What is published of one schema: enough for every key, and a sixth of the time."""
    kept = [relation for relation in mysql_tables(relations) if relation.schema == "metrics"]
    ids = {relation.unique_id for relation in kept}
    return [
        replace(relation, foreign_keys=[key for key in relation.foreign_keys if key.to in ids]) for relation in kept
    ]


mysql_tables = mysql.tables


@pytest.fixture
def small(project, smaller, monkeypatch):
    """Publish the metrics of one of them: `small(0)`, `small(1)`."""
    monkeypatch.setattr(mysql, "tables", of_metrics)

    def publish(number, **options):
        monkeypatch.setenv("CRESCENDO_DB", str(smaller[number]))
        return mysql.publish_mysql(**options)

    return publish


@pytest.fixture(scope="module")
def first_state():
    """The state of the first small warehouse, once it was published."""
    return []


@pytest.fixture
def old(reached, small, first_state):
    """The server with the metrics of the first small warehouse, published if the test before left others."""
    if not first_state or "metrics" not in databases(reached) or state(reached) != first_state:
        small(0)
        first_state[:] = state(reached)
    return reached


def sent(project):
    return mysql.tables(manifest.published(dbt.manifest()))


def state(environment):
    return mariadb(environment, BALANCE)[0]


# --- what is published -----------------------------------------------------------------------------------------


def test_what_arrives_is_what_was_sent_and_a_second_time_changes_nothing(project, database, smaller, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(smaller[0]))
    first = mysql.publish_mysql()
    assert mysql.publish_mysql() == first
    assert {table.table for table in first} == {relation.full_name for relation in sent(project)}
    with duckdb.connect(str(smaller[0]), read_only=True) as connection:
        for table in first:
            rows = connection.execute(f"select count(*) from {table.table}").fetchone()[0]
            assert mariadb(database, f"select count(*) from {table.table}") == [[str(rows)]] == [[str(table.rows)]]
    left = mariadb(database, "select schema_name from information_schema.schemata where schema_name like '%\\_\\_%'")
    assert left == [], "no database of the building is left"
    every_key_is_held(project, database)


def every_key_is_held(project, database):
    ours = f"constraint_schema in ({', '.join(repr(name) for name in schema.schemas(sent(project)))})"
    found = f"select count(*) from information_schema.table_constraints where {ours} and constraint_type"
    declared = sum(len(relation.foreign_keys) for relation in sent(project))
    assert declared > 5
    assert mariadb(database, f"{found} = 'FOREIGN KEY'") == [[str(declared)]]
    keyed = f"{found} = 'PRIMARY KEY' and table_name <> '{mysql.MARK}'"
    assert mariadb(database, keyed) == [[str(sum(bool(relation.primary_key) for relation in sent(project)))]]
    checks = sum(len(relation.checks) for relation in sent(project))
    assert checks > 5
    assert mariadb(database, f"{found} = 'CHECK'") == [[str(checks)]]
    # though it was published twice, no key reads what was replaced
    outside = f"referenced_table_schema is not null and referenced_table_schema not in ({ours.split('(', 1)[1]}"
    assert mariadb(database, f"select count(*) from information_schema.key_column_usage where {outside}") == [["0"]]


def test_texts_that_differ_by_case_an_accent_or_a_blank_at_the_end_are_different_keys(
    project, database, small, smaller, tmp_path, monkeypatch
):
    path = tmp_path / "blank.duckdb"
    shutil.copy(smaller[1], path)
    with duckdb.connect(str(path)) as connection:
        for platform in ("Spotify", "spotify ", "spotïfy", "back\\slash", "quo'te", "🎵"):
            connection.execute("insert into metrics.dim_platforms values (?, 'one more', false)", [platform])
        held = connection.execute("select count(*) from metrics.dim_platforms").fetchone()[0]
    monkeypatch.setenv("CRESCENDO_DB", str(path))
    mysql.publish_mysql()
    assert mariadb(database, "select count(*) from metrics.dim_platforms") == [[str(held)]]
    assert mariadb(database, "select hex(platform) from metrics.dim_platforms where platform like 'back%'") == [
        ["6261636B5C736C617368"]
    ]


def test_an_orphan_a_duplicate_and_a_wrong_word_are_refused(old):
    said = mariadb(old, "update metrics.fct_observations set series_id = -1 limit 1", ok=False)[0][0]
    assert "foreign key constraint fails" in said
    doubled = "insert into metrics.fct_observations select * from metrics.fct_observations limit 1"
    assert "Duplicate entry" in mariadb(old, doubled, ok=False)[0][0]
    assert "CONSTRAINT" in mariadb(old, "update metrics.dim_metrics set kind = 'mood'", ok=False)[0][0]


def test_dashboards_may_read_and_nothing_else(old):
    mariadb(old, "create user dashboard", "grant crescendo_reader to dashboard")
    mariadb(old, "set default role crescendo_reader for dashboard")
    assert mariadb(old, "select count(*) > 0 from metrics.song_days", user="dashboard") == [["1"]]
    for write in ("delete from metrics.dim_series", "drop table metrics.dim_series", "create table metrics.x (a int)"):
        assert "denied" in mariadb(old, write, user="dashboard", ok=False)[0][0]
    mariadb(old, "drop user dashboard")


def test_a_key_that_is_too_long_is_named(project):
    relation = next(relation for relation in sent(project) if relation.name == "dim_platforms")
    with pytest.raises(CrescendoError, match=r"metrics.dim_platforms has a key of 3,076 bytes"):
        mysql_schema.table(relation, relation.full_name, {"platform": 769}, mysql.COLLATIONS[0])


# --- beside readers --------------------------------------------------------------------------------------------


def test_readers_see_the_old_state_or_the_new_one(old, small):
    expected = {tuple(state(old))}
    answers, over = [], threading.Event()

    def read():
        while not over.is_set():
            answers.append(tuple(state(old)))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in (1, 0):
            small(number)
            expected.add(tuple(state(old)))
    finally:
        over.set()
        reader.join()
    assert len(expected) == 2
    assert len(answers) > 20
    assert set(answers) == expected


def test_what_arrives_changed_is_not_published(old, small, monkeypatch):
    before = state(old)
    prepared = mysql._Target.prepare

    def spoiled(target, relations):
        prepared(target, relations)
        # the server itself changes a value of each row
        target.run(
            "create trigger `metrics__next`.`spoil` before insert on `metrics__next`.`dim_platforms`"
            " for each row set new.platform_name = concat(new.platform_name, '?')"
        )

    monkeypatch.setattr(mysql._Target, "prepare", spoiled)
    with pytest.raises(CrescendoError, match=r"metrics.dim_platforms did not arrive as it was sent"):
        small(1)
    assert state(old) == before


def test_a_reader_who_stays_holds_publication_off_and_loses_nothing(old, small):
    before = state(old)
    folder = (ROOT / old["MYSQL_UNIX_PORT"]).parent
    command = ["mariadb", *reaching(folder), "-N", "-B", "--unbuffered"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PATH": PLACES}
    ) as reader:
        try:
            reader.stdin.write("begin; select count(*) from metrics.dim_series;\n")
            reader.stdin.flush()
            reader.stdout.readline()
            with pytest.raises(CrescendoError, match="readers did not leave the tables within 1 seconds"):
                small(1, wait=1)
            assert state(old) == before
        finally:
            reader.kill()
    small(1)
    assert state(old) != before


def test_a_publication_that_is_killed_at_any_moment_leaves_the_old_state(old, small, smaller, monkeypatch):
    before = state(old)
    started = time.monotonic()
    small(1)
    whole, after = time.monotonic() - started, state(old)
    assert after != before
    chance, seen = random.Random(4), set()
    small(0)
    for _ in range(KILLS):
        if state(old) != before:
            small(0)
        monkeypatch.setenv("CRESCENDO_DB", str(smaller[1]))
        words = [sys.executable, "-m", "crescendo.cli", "publish", "mysql"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * chance.uniform(0.4, 1.2))
        process.kill()
        process.wait()
        seen.add(tuple(state(old)))
    assert seen <= {tuple(before), tuple(after)}
    small(1)
    assert state(old) == after


# --- mistakes --------------------------------------------------------------------------------------------------


def test_a_second_publication_waits_for_the_end_of_the_first(database, small):
    with mysql._attached("", mysql.warehouse.path()), pytest.raises(CrescendoError, match="another publication is"):
        small(0)


def test_what_others_have_is_not_destroyed(database, small):
    mariadb(database, "create database metrics", "create table metrics.mine (id integer)")
    with pytest.raises(CrescendoError, match="database metrics is there and is not ours"):
        small(0)
    mariadb(database, "drop database metrics")
    small(0)
    mariadb(database, "create database theirs")
    key = "foreign key (series_id) references metrics.dim_series (series_id)"
    theirs = f"create table theirs.notes (series_id bigint, {key})"
    mariadb(database, theirs, "create table metrics.mine (id integer)")
    with pytest.raises(CrescendoError, match=r"would be lost: notes_ibfk_1 of theirs.notes"):
        small(0)
    mariadb(database, "drop table theirs.notes", "create view theirs.all_series as select * from metrics.dim_series")
    small(1)
    assert mariadb(database, "select count(*) from theirs.all_series") == [["5"]], "a view reads what is there now"
    assert mariadb(database, "select count(*) from metrics.mine") == [["0"]], "a table beside ours stays"


@pytest.mark.parametrize("dsn", ["host=localhost passwd=hush", "host=localhost password = hush", "pwd=hush"])
def test_a_password_on_the_command_line_is_refused(dsn, capsys):
    assert main(["publish", "mysql", "--dsn", dsn]) == 2
    said = capsys.readouterr().err
    assert "MYSQL_PWD" in said
    assert "hush" not in said


def test_a_server_that_is_not_there_is_named_without_a_traceback(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MYSQL_UNIX_PORT", str(tmp_path / "none"))
    monkeypatch.setenv("MYSQL_PWD", "hush")
    assert main(["publish", "mysql"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: MySQL says: ") and said.count("\n") == 1
    assert "the state before was kept" in said
    assert "hush" not in said
    for name in mysql.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert main(["publish", "mysql"]) == 2
    assert "set MYSQL_HOST and MYSQL_USER" in capsys.readouterr().err


def test_a_warehouse_whose_build_failed_is_not_published(database, project, smaller, tmp_path, monkeypatch):
    path = tmp_path / "older.duckdb"
    shutil.copy(smaller[1], path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table metrics.dim_platforms drop column platform_name")
    monkeypatch.setenv("CRESCENDO_DB", str(path))
    with pytest.raises(CrescendoError, match="is not what its model says: run `crescendo build` first"):
        mysql.publish_mysql()
    assert ["metrics"] not in mariadb(database, "show databases")
