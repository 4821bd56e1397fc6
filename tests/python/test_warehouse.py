"""The file itself: what it may be called, what may be in its place, and what is said when it is held or damaged."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, crescendo, project_in
from crescendo import warehouse
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.ingest import ledger
from crescendo.ingest.run import prepare_warehouse
from crescendo.sources import all_sources

REPORT = "song_id,title,artist,timeSeries\na,Own,Me,[]\n"
VERBS = (["load", "mine.csv"], ["growth", "--last", "28d"], ["status"], ["publish", "csv"])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a report to load."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(REPORT)
    return tmp_path


def mistakes(capsys, name, monkeypatch, verbs=VERBS):
    """What each verb says of a warehouse of this name; each is one line and ends with 2."""
    monkeypatch.setenv("CRESCENDO_DB", str(name))
    for words in verbs:
        assert main(words) == 2, words
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert said.startswith("error: ")
        yield said


# --- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "metrics.duckdb", "audience.duckdb", "main.duckdb", "raw_soundcharts.duckdb", "staging.duckdb", "temp.duckdb",
        "system.duckdb", "memory.duckdb", "Metrics.duckdb", "metrics", "metrics.backup.duckdb", ".metrics.duckdb",
        "load_audit.db", "pg_catalog.duckdb", "raw_of_mine.duckdb", "sub/listening.duckdb",
    ],
)  # fmt: skip
def test_a_name_that_a_schema_has_is_refused_with_a_better_one(here, name, monkeypatch, capsys):
    for said in mistakes(capsys, name, monkeypatch):
        assert "is taken by a schema" in said
        better = said.strip().split("CRESCENDO_DB=")[1]
        assert warehouse.checked(better) == Path(better)
    assert not Path(name).exists()


@pytest.mark.parametrize("name", ["md:mine", "motherduck:x", "s3://a/b.duckdb", "postgres:host=x", "we?rd.duckdb"])
@pytest.mark.parametrize("folder", ["", "what?/", "a#b/", "a;b/"])
def test_what_dbt_takes_for_an_address_is_refused(here, folder, name, monkeypatch, capsys):
    for said in mistakes(capsys, folder + name, monkeypatch):
        assert "without ? # ;" in said


@pytest.mark.parametrize("name", ["it's.duckdb", 'q"q.duckdb'])
def test_a_name_with_quotes_which_dbt_cannot_read_is_refused(here, name, monkeypatch, capsys):
    assert all("without quotes" in said for said in mistakes(capsys, name, monkeypatch))


def test_memory_and_control_characters_are_refused(here, monkeypatch, capsys):
    assert all("would keep nothing" in said for said in mistakes(capsys, ":memory:", monkeypatch))
    for said in mistakes(capsys, "a\x1b[31mb.duckdb", monkeypatch):
        assert "\\x1b[31m" in said
        assert "\x1b" not in said


ODD = 'it\'s/"q"/100% ünï 音楽 x.y.duckdb'


@pytest.mark.parametrize("name", ["a b.duckdb", "it's/w.duckdb", 'q"q/w.duckdb', "x.y.duckdb", "plain", ODD])
def test_every_other_name_does_for_loading(here, name, monkeypatch):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("CRESCENDO_DB", name)
    assert main(["load", "mine.csv"]) == 0
    assert main(["status"]) == 0


def small_project(folder):
    """A project of one model, since plain dbt parses all of it for each name; returns its environment."""
    environment = project_in(folder)
    for part in ("models", "seeds", "tests", "analyses"):
        (folder / part).unlink()
    (folder / "models").mkdir()
    (folder / "models" / "songs.sql").write_text("select song_id from raw_soundcharts.report_songs")
    return {name: value for name, value in environment.items() if name != "DBT_PARTIAL_PARSE_FILE_PATH"}


@pytest.mark.parametrize("name", ["plain", ODD])
def test_every_other_name_does_for_dbt(here, name, monkeypatch):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("CRESCENDO_DB", name)
    assert main(["load", "mine.csv"]) == 0
    environment = small_project(here) | {"CRESCENDO_DB": name}
    # plain dbt, as people type it
    command = [sys.executable, "-m", "dbt.cli.main", "run", "--quiet"]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    with duckdb.connect(name, read_only=True) as connection:
        assert connection.execute("select song_id from main.songs").fetchall() == [("a",)]


def test_every_schema_of_the_project_is_among_the_taken_names():
    def schemas(part):
        for key, value in part.items():
            if key == "+schema":
                yield value
            elif isinstance(value, dict):
                yield from schemas(value)

    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    found = {*schemas(project["models"]), *schemas(project["seeds"]), "load_audit"}
    assert len(found) > 5
    assert found <= warehouse.TAKEN_NAMES
    assert all(source.schema.startswith("raw_") for source in all_sources().values())


# --- what may be in its place ----------------------------------------------------------------------------------


def test_what_is_no_duckdb_file_is_refused_at_once_and_without_a_download(here, monkeypatch, capsys):
    os.mkfifo("fifo.duckdb")
    Path("folder.duckdb").mkdir()
    Path("empty.duckdb").touch()
    Path("text.duckdb").write_text("hello " * 1000)
    with sqlite3.connect("lite.db") as connection:
        connection.execute("create table x (i integer)")
    monkeypatch.setenv("HOME", str(here))  # DuckDB keeps there what it downloads
    started = time.monotonic()
    for name in ("fifo.duckdb", "folder.duckdb"):
        assert all("is not a file" in said for said in mistakes(capsys, name, monkeypatch))
    for name in ("empty.duckdb", "text.duckdb", "lite.db"):
        assert all("is no DuckDB file" in said for said in mistakes(capsys, name, monkeypatch))
    assert all("cannot" in said for said in mistakes(capsys, "mine.csv/x.duckdb", monkeypatch, VERBS[:1]))
    assert time.monotonic() - started < 20
    assert not Path(".duckdb").exists()


def test_dbt_says_the_same_in_words_of_ours(here):
    sqlite3.connect("lite.db").execute("create table x (i integer)")
    environment = small_project(here)
    for name, words in (("metrics.duckdb", "is taken by a schema"), ("lite.db", "is no DuckDB file")):
        done = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "run"],
            cwd=here, env=environment | {"CRESCENDO_DB": name}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert words in done.stdout
        assert "Traceback" not in done.stdout + done.stderr


# --- held, damaged, full ---------------------------------------------------------------------------------------


def test_a_held_file_is_told_from_a_damaged_one_by_what_duckdb_says(here, monkeypatch, capsys):
    Path("clock").mkdir()
    monkeypatch.setenv("CRESCENDO_DB", "clock/blocked.duckdb")
    code = "import duckdb, sys; c = duckdb.connect('clock/blocked.duckdb'); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    with pytest.raises(CrescendoError, match=rf"is held by another process.*PID {holder.pid}"):
        warehouse.connect(read_only=True, wait=0.1).__enter__()
    holder.communicate()
    with warehouse.connect() as connection:
        connection.execute("create table t as select i, repeat('abc' || i, 9) as s from range(200000) as r (i)")
    whole = Path("clock/blocked.duckdb").read_bytes()
    for offset in (4096 + 20, 8192 + 20):  # its two headers
        Path("clock/blocked.duckdb").write_bytes(flipped(whole, offset))
        started = time.monotonic()
        for said in mistakes(capsys, "clock/blocked.duckdb", monkeypatch):
            assert "is damaged" in said
            assert "crescendo build" in said
        assert time.monotonic() - started < 10


def write_songs(path, count=4000):
    """Songs with titles that cannot be compressed, so that the most of a warehouse is their blocks."""
    lines = [f'b{i},"{os.urandom(900).hex()}",Me,[]\n' for i in range(count)]
    path.write_text("song_id,title,artist,timeSeries\n" + "".join(lines))


def flipped(content, offset):
    changed = bytearray(content)
    changed[offset] ^= 0xFF
    return bytes(changed)


def test_damage_in_a_block_of_data_is_found_by_status_and_by_a_load_that_has_nothing_to_do(here, monkeypatch, capsys):
    monkeypatch.setenv("CRESCENDO_DB", "w.duckdb")
    write_songs(Path("mine.csv"))
    assert main(["load", "mine.csv"]) == 0
    content = Path("w.duckdb").read_bytes()
    Path("w.duckdb").write_bytes(flipped(content, len(content) // 2))
    capsys.readouterr()
    for words in (["status"], ["load", "mine.csv"]):
        assert main(words) == 2
        assert "is damaged" in capsys.readouterr().err
    Path("w.duckdb").rename("aside.duckdb")
    assert main(["load", "mine.csv"]) == 0


def leave_a_log(name):
    """Load as `crescendo load` would if it were killed before the file was brought up to date."""
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"set wal_autocheckpoint = '1GB'\");"
        " [c.execute('create or replace table t as from range(9999)') for _ in range(9)]; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, name], check=True)


def test_of_a_damaged_log_it_is_said_that_it_can_be_moved_away(here, monkeypatch, capsys):
    monkeypatch.setenv("CRESCENDO_DB", "w.duckdb")
    assert main(["load", "mine.csv"]) == 0
    leave_a_log("w.duckdb")
    log = Path("w.duckdb.wal")
    log.write_bytes(flipped(log.read_bytes(), len(log.read_bytes()) // 2))
    capsys.readouterr()
    for said in mistakes(capsys, "w.duckdb", monkeypatch):
        assert "move w.duckdb.wal away and load the files again" in said
    log.rename("aside.wal")
    assert main(["load", "mine.csv"]) == 0


def test_a_copy_restored_beside_the_log_of_another_state_says_so(here, monkeypatch, capsys):
    monkeypatch.setenv("CRESCENDO_DB", "w.duckdb")
    for name, table in (("copy.duckdb", "t"), ("w.duckdb", "u")):
        with duckdb.connect(name) as connection:
            connection.execute(f"create table {table} (i integer)")
    code = "import duckdb, os; c = duckdb.connect('w.duckdb'); c.execute('insert into u values (1)'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], check=True)
    Path("copy.duckdb").replace("w.duckdb")
    for said in mistakes(capsys, "w.duckdb", monkeypatch, VERBS):
        assert "move w.duckdb.wal away" in said


def test_a_disk_that_is_full_is_one_sentence_and_the_old_state(tmp_path):
    """A limit on the size of files stands for the disk's end: both make a write fail."""
    environment = project_in(tmp_path)
    (tmp_path / "mine.csv").write_text(REPORT)
    assert crescendo(tmp_path, environment, "load", "mine.csv").returncode == 0
    before = state(tmp_path, environment)
    write_songs(tmp_path / "big.csv", 12_000)
    size = (tmp_path / "crescendo.duckdb").stat().st_size
    for room in (100, 1_000_000, 4_000_000):
        code = (
            "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
            f" resource.setrlimit(resource.RLIMIT_FSIZE, ({size + room}, {size + room}));"
            " from crescendo.cli import main; sys.exit(main(['load', 'big.csv']))"
        )
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "the disk is full" in done.stderr
        assert state(tmp_path, environment) == before


def state(folder, environment):
    """What is in the warehouse, without how large the file is."""
    return json.loads(crescendo(folder, environment, "status", "--format", "json").stdout) | {"size_bytes": 0}


def test_its_tables_are_made_in_one_transaction(monkeypatch):
    """The disk is waited for once: a commit for each of a hundred tables was most of a first load."""

    def fail(*_asked):
        raise CrescendoError("no room")

    monkeypatch.setattr(ledger, "prepare_raw", fail)
    with duckdb.connect() as connection:
        with pytest.raises(CrescendoError, match="no room"):
            prepare_warehouse(connection)
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == []
