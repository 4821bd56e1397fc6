"""A build that was killed, or that failed, leaves tables of two builds: readers are told, and nothing is published."""

import subprocess
import sys

import crescendo as notebook
import duckdb
import pytest
from conftest import crescendo, project_in
from crescendo import builds
from crescendo.errors import CrescendoError
from crescendo.publish import files

SEEDS = ("seed", "--no-use-colors")


def dbt(folder, environment, *words):
    command = [sys.executable, "-m", "dbt.cli.main", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def kill_at(folder, environment, line, *words):
    """Run dbt and kill it when it prints `line`."""
    command = [sys.executable, "-u", "-m", "dbt.cli.main", *words]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert any(line in said for said in process.stdout)
        process.kill()


def said_of(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return builds.unbuilt(connection)


@pytest.fixture
def seeded(tmp_path):
    """An empty warehouse whose seeds are built."""
    environment = project_in(tmp_path)
    done = dbt(tmp_path, environment, *SEEDS)
    assert done.returncode == 0, done.stdout
    return tmp_path, environment


def test_a_run_that_ends_leaves_nothing_and_one_that_is_killed_says_what(seeded):
    folder, environment = seeded
    assert said_of(folder) == ""
    kill_at(folder, environment, "2 of ", *SEEDS)
    assert "was killed before its end" in said_of(folder)
    assert "run `crescendo build`" in said_of(folder)
    assert dbt(folder, environment, "run", "--select", "stg_soundcharts__songs").returncode == 0
    assert said_of(folder), "another model heals nothing"
    assert dbt(folder, environment, *SEEDS).returncode == 0
    assert said_of(folder) == ""


def test_a_test_that_fails_is_no_kill_and_what_it_skipped_is_named(seeded):
    folder, environment = seeded
    (folder / "tests").unlink()
    (folder / "tests").mkdir()
    (folder / "tests" / "never.sql").write_text("select 1 as one from {{ ref('stg_load_audit__loads') }} having true")
    words = ("build", "--select", "stg_load_audit__loads", "never")
    assert dbt(folder, environment, *words).returncode == 1
    assert said_of(folder) == "", "all that was to be built is built"
    (folder / "tests" / "never.sql").write_text("select 1 as one from {{ ref('platforms') }}")
    words = ("build", "--select", "platforms", "stg_load_audit__loads", "never", "dim_platforms")
    assert dbt(folder, environment, *words).returncode == 1
    assert "the last dbt build failed: " in said_of(folder)


def test_tests_and_documents_are_no_builds(seeded):
    folder, environment = seeded
    for words in (("test", "--select", "platforms"), ("docs", "generate"), ("compile",)):
        done = dbt(folder, environment, *words)
        assert done.returncode == 0, done.stdout
        assert said_of(folder) == ""


@pytest.fixture
def mixed(built, tmp_path, monkeypatch):
    """The built sample as a killed build leaves it."""
    environment = project_in(tmp_path)
    (tmp_path / "crescendo.duckdb").write_bytes((built / "crescendo.duckdb").read_bytes())
    with duckdb.connect(environment["CRESCENDO_DB"]) as connection:
        connection.execute(
            "insert into load_audit.unbuilt_models values ('model.crescendo.dim_series', 'x', now(), false)"
        )
    monkeypatch.setenv("CRESCENDO_DB", environment["CRESCENDO_DB"])
    monkeypatch.setenv("DBT_TARGET_PATH", str(built / "target"))
    monkeypatch.chdir(built)
    return tmp_path, environment


def test_questions_are_answered_with_a_warning_and_status_ends_with_1(mixed):
    folder, environment = mixed
    for words, code in ((("growth", "--last", "28d"), 0), (("averages", "--last", "28d"), 0), (("status",), 1)):
        done = crescendo(folder, environment, *words)
        assert done.returncode == code
        assert "may mix two builds; run `crescendo build`" in done.stderr
    with pytest.warns(UserWarning, match="may mix two builds"):
        notebook.growth(last="28d", top=1)


def test_nothing_is_published(mixed, tmp_path):
    (mixed[0] / "target").mkdir(exist_ok=True)
    for kind in ("csv", "parquet"):
        with pytest.raises(CrescendoError, match="may mix two builds"):
            files.publish_files(tmp_path, kind)


def test_a_build_after_one_that_was_killed_is_not_nothing(mixed, built):
    folder, environment = mixed
    (folder / "sample").symlink_to(built / "sample")
    (folder / "models").unlink()  # it would take its time: that dbt is run is what counts
    (folder / "tests").unlink()
    done = crescendo(folder, environment, "build")
    assert "Nothing has changed" not in done.stdout
