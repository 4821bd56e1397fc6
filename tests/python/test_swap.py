"""Readers never wait: a writer works on a copy, which takes the warehouse's place when it is finished."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, project_in
from crescendo import swap, warehouse
from crescendo.errors import CrescendoError

SWAPS = int(os.environ.get("CRESCENDO_SWAPS", "12"))  # of which every fifth writer is killed
WRITE = """
import sys, time
from crescendo import warehouse
with warehouse.connect(wait=float(sys.argv[1])) as connection:
    numbers = "create or replace table numbers as select i, ? as turn from range(200000) as r (i)"
    connection.execute(numbers, [sys.argv[2]])
    connection.execute("create or replace table sums as select sum(i) as total, max(turn) as turn from numbers")
    print("written", flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A warehouse in a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRESCENDO_DB", raising=False)
    with warehouse.connect() as connection:
        connection.execute("create table songs as select 1 as i")
    return tmp_path / "crescendo.duckdb"


def writer(turn=1, *, wait=60, pause=0):
    """Another process that writes, and then does nothing for a while before it ends."""
    words = [sys.executable, "-c", WRITE, str(wait), str(turn), str(pause)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def beside(file):
    return sorted(path.name for path in file.parent.iterdir())


def songs(file):
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select count(*) from songs").fetchone()[0]


def test_what_is_written_appears_as_a_whole_and_open_readers_go_on(file):
    with duckdb.connect(str(file), read_only=True) as shell:
        process, _ = writer()
        assert (process.wait(30), process.stderr.read()) == (0, "")
        with warehouse.connect() as connection:
            connection.execute("insert into songs values (2)")
        assert shell.execute("select count(*) from songs").fetchone() == (1,)
    assert songs(file) == 2
    assert beside(file) == ["crescendo.duckdb"]


def test_a_shell_that_could_write_keeps_nobody_waiting(file):
    with duckdb.connect(str(file)) as shell:
        process, _ = writer()
        assert process.wait(30) == 0
        assert "still has the old crescendo.duckdb open to write: close it before it writes" in process.stderr.read()
        assert shell.execute("select count(*) from songs").fetchone() == (1,)
    with warehouse.connect(read_only=True) as connection:
        assert connection.execute("select turn from sums").fetchone() == ("1",)


@pytest.mark.parametrize("checkpoints", [True, False])
def test_what_a_shell_wrote_before_is_kept_and_what_it_writes_meanwhile_is_not_overwritten(file, checkpoints):
    with duckdb.connect(str(file)) as shell:
        shell.execute("insert into songs values (2)")  # is in the log as long as the shell is open
        process, _ = writer(pause=1)
        assert process.wait(30) == 0
    assert songs(file) == 2
    with duckdb.connect(str(file)) as shell:
        process, _ = writer(pause=1)
        shell.execute("insert into songs values (3)")
        if checkpoints:
            shell.execute("checkpoint")
        assert process.wait(30) == 1
        assert "another process has written to" in process.stderr.read()
    assert songs(file) == 3


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(file):
    before = file.read_bytes()
    with pytest.raises(ZeroDivisionError) as caught, warehouse.connect() as connection:
        connection.execute("insert into songs values (2)")
        1 / 0  # noqa: B018
    assert caught.value.__notes__ == ["nothing was changed"]
    assert (file.read_bytes(), beside(file)) == (before, ["crescendo.duckdb"])


def test_a_connection_inside_another_one_is_to_the_same_copy(file):
    with warehouse.renewed() as copy:
        with warehouse.connect() as connection:
            connection.execute("insert into songs values (2)")
        with warehouse.connect(read_only=True) as connection:
            assert connection.execute("select count(*) from songs").fetchone() == (2,)
        assert swap.original(copy.file) == file
        assert songs(file) == 1
    assert songs(file) == 2


def test_what_is_not_to_be_kept_and_what_changed_nothing_leaves_the_file_alone(file):
    before = file.stat()
    with warehouse.connect(dry=True) as connection:
        connection.execute("insert into songs values (2)")
    with warehouse.connect() as connection:
        connection.execute("select * from songs")
    assert file.stat() == before


def test_the_second_writer_waits_and_then_says_who_it_is_that_writes(file):
    process, _ = writer(1, pause=2)
    with pytest.raises(CrescendoError, match=rf"another process \(PID {process.pid}\) writes to .*crescendo.duckdb"):
        warehouse.connect(wait=0.2).__enter__()
    with warehouse.connect() as connection:
        assert connection.execute("select max(turn) from sums").fetchone() == ("1",)


def test_threads_of_one_process_write_one_after_the_other(file):
    def insert(number):
        with warehouse.connect() as connection:
            connection.execute("insert into songs values (?)", [number])

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert songs(file) == 9


def test_what_a_killed_writer_left_is_removed_and_named_by_the_next(file, capsys):
    before = file.read_bytes()
    process, said = writer(pause=60)
    assert said == "written"
    process.kill()
    process.wait()
    assert beside(file) == [".crescendo.duckdb.new", "crescendo.duckdb"]
    assert file.read_bytes() == before
    with warehouse.connect() as connection:
        connection.execute("insert into songs values (2)")
    assert f"removed what a killed run (PID {process.pid}) left" in capsys.readouterr().err
    assert (songs(file), beside(file)) == (2, ["crescendo.duckdb"])


def test_the_file_keeps_its_place_behind_a_link_and_its_mode(file):
    other = file.parent / "elsewhere"
    other.mkdir()
    file.rename(other / "crescendo.duckdb")
    file.symlink_to(other / "crescendo.duckdb")
    file.chmod(0o644)
    with warehouse.connect() as connection:
        connection.execute("insert into songs values (2)")
    assert file.is_symlink()
    assert (songs(file), file.stat().st_mode & 0o777) == (2, 0o644)


def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", "/proc/self/crescendo.duckdb")
    with pytest.raises(CrescendoError, match="cannot write in /proc/"):
        warehouse.connect().__enter__()
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "none" / "crescendo.duckdb"))
    with pytest.raises(CrescendoError, match=r"cannot write in .*none \(No such file or directory\)"):
        warehouse.connect().__enter__()


def test_a_file_of_which_much_is_dead_is_written_anew(file, monkeypatch):
    monkeypatch.setattr(warehouse, "DEAD_BYTES", 1_000_000)
    with warehouse.connect() as connection:
        connection.execute("create table large as select hash(i) as h, hash(-i) as g from range(500000) as r (i)")
        connection.execute("create view firsts as select min(h) as h from large; comment on table large is 'hashes'")
        connection.execute("create macro twice(x) as table select 2 * x as y")
    size = file.stat().st_size
    with warehouse.connect() as connection:
        connection.execute("delete from large where h % 100 > 0; checkpoint")
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select y from twice(4)").fetchone() == (8,)
        assert connection.execute("select h is not null from firsts").fetchone() == (True,)
        said = "select comment from duckdb_tables() where table_name = 'large'"
        assert connection.execute(said).fetchone() == ("hashes",)
    assert file.stat().st_size < size / 2


def test_readers_see_the_old_or_the_new_state_through_many_writers_some_of_them_killed(file):
    """CRESCENDO_SWAPS=50 pytest -k many_writers: as many as you have patience for."""
    process, _ = writer(0)
    assert process.wait(30) == 0
    seen, errors, stop = set(), [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                with warehouse.connect(read_only=True, wait=0) as connection:
                    [(numbers, sums)] = connection.execute(
                        "select (select min(turn) || max(turn) from numbers), (select turn || turn from sums)"
                    ).fetchall()
                    seen.add((numbers, sums))
            except Exception as error:  # noqa: BLE001 whatever it is, no reader may meet it
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    moments = random.Random(1)
    for turn in range(1, SWAPS + 1):
        process, _ = writer(turn, pause=0.2 if turn % 5 == 0 else 0)
        if turn % 5 == 0:
            time.sleep(moments.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
        process.communicate()
    stop.set()
    reader.join()
    assert errors == []
    assert {numbers for numbers, _ in seen} == {sums for _, sums in seen}
    assert all(numbers == sums for numbers, sums in seen)
    assert len(seen) > SWAPS / 3


def test_a_build_that_is_killed_leaves_the_answers_as_they_were(tmp_path):
    environment = project_in(tmp_path)
    for name in ("models", "seeds", "tests", "analyses"):
        (tmp_path / name).unlink()
    (tmp_path / "seeds").mkdir()
    for number in range(8):
        (tmp_path / "seeds" / f"s{number}.csv").write_text("a\n1\n")
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    before = (tmp_path / "crescendo.duckdb").read_bytes()
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "mine.csv").write_text("song_id,title,artist,timeSeries\na,A,Me,[]\n")
    command = [sys.executable, "-m", "crescendo.cli", "build", "--force"]  # no seed is stale
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert any("dbt build: 25 %" in line for line in process.stdout)
        process.kill()
    assert (tmp_path / "crescendo.duckdb").read_bytes() == before
    done = crescendo(tmp_path, environment, "build")
    assert done.returncode == 0, done.stderr
    assert f"removed what a killed run (PID {process.pid}) left" in done.stderr
    assert (tmp_path / "crescendo.duckdb").read_bytes() != before
    left = {path.name for path in Path(tmp_path).iterdir()}
    assert ".crescendo.duckdb.new" not in left
