"""A build that was killed, or that failed, leaves tables of two builds: readers are told, and nothing is published."""

import shutil
import subprocess
import sys

import crescendo as notebook
import duckdb
import pytest
import reports
from conftest import ROOT, crescendo, dbt, project_in
from crescendo import builds, outcome
from crescendo.errors import CrescendoError
from crescendo.publish import files

SEEDS = ("seed",)


def kill_at(folder, environment, line, *words):
    """Run dbt and kill it when it prints `line`."""
    command = [sys.executable, "-u", "-m", "crescendo.dbt_cli", *words]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert any(line in said for said in process.stdout)
        process.kill()


def said_of(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return builds.unbuilt(connection)


def stamps_of(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute("select distinct stamp from load_audit.project_nodes").fetchall()


@pytest.fixture(scope="module")
def sown(tmp_path_factory):
    """A folder with an empty warehouse whose seeds are built."""
    folder = tmp_path_factory.mktemp("sown")
    done = dbt(folder, project_in(folder), *SEEDS)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def seeded(sown, tmp_path):
    """A copy of it."""
    for path in sown.glob("crescendo.duckdb*"):
        shutil.copy(path, tmp_path)
    return tmp_path, project_in(tmp_path)


def own_tests(folder):
    """Take away the project's tests but for what tests are made with; where others can be put."""
    (folder / "tests").unlink()
    (folder / "tests").mkdir()
    (folder / "tests" / "generic").symlink_to(ROOT / "tests" / "generic")
    return folder / "tests"


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
    never = own_tests(folder) / "never.sql"
    never.write_text("select 1 as one from {{ ref('stg_load_audit__loads') }} having true")
    words = ("build", "--select", "stg_load_audit__loads", "never")
    assert dbt(folder, environment, *words).returncode == 1
    assert said_of(folder) == "", "all that was to be built is built"
    never.write_text("select 1 as one from {{ ref('platforms') }}")
    words = ("build", "--select", "platforms", "stg_load_audit__loads", "never", "dim_platforms")
    assert dbt(folder, environment, *words).returncode == 1
    assert "the last dbt build failed: " in said_of(folder)


def test_a_model_that_fails_is_the_only_error_that_is_named(seeded):
    folder, environment = seeded
    done = dbt(folder, environment, "build", "--select", "dim_series")
    assert done.returncode == 1
    assert "Failure in model dim_series" in done.stdout
    assert "name tested does not exist" not in done.stdout + done.stderr


PROMISE = "select 1 as one from (select count(*) as n from {{ ref('fct_chart_entries') }}) where "
BOTH = PROMISE.replace("where", "cross join (select count(*) as m from {{ ref('fct_playlist_entries') }}) where")


def new_load(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb")) as connection:
        connection.execute("insert into load_audit.loads select count(*) + 1, now(), now(), '0' from load_audit.loads")


def broken_of(folder):
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return [
            promise for (promise,) in connection.execute("select promise from load_audit.broken_promises").fetchall()
        ]


def test_a_build_of_some_models_breaks_the_promises_of_those_alone(seeded):
    folder, environment = seeded
    tests = own_tests(folder)
    own, both = tests / "own.sql", tests / "both.sql"
    own.write_text(PROMISE + "false")
    both.write_text(BOTH + "false")
    one = ("build", "--exclude", "test_type:generic", "test_type:unit", "--select", "+fct_chart_entries")
    all_of_it = (*one, "+fct_playlist_entries")
    assert dbt(folder, environment, *all_of_it).returncode == 0
    own.write_text(PROMISE + "true")
    both.write_text(BOTH + "true")
    new_load(folder)
    done = dbt(folder, environment, *one)
    assert done.returncode == 1
    assert "broken, which is a fault of ours: own." in done.stdout
    assert "Undecided: both. " in done.stdout
    assert broken_of(folder) == ["own"]
    done = dbt(folder, environment, *all_of_it)
    assert "broken, which is a fault of ours: both, own." in done.stdout
    new_load(folder)
    own.write_text(PROMISE + "false")
    both.write_text(BOTH + "false")
    assert dbt(folder, environment, *one).returncode == 0
    assert broken_of(folder) == ["both"], "nothing is mended by models that were not built"
    assert dbt(folder, environment, *all_of_it).returncode == 0
    assert broken_of(folder) == []


def test_tests_and_documents_are_no_builds(seeded):
    folder, environment = seeded
    with duckdb.connect(str(folder / "crescendo.duckdb")) as connection:
        connection.execute("update load_audit.project_nodes set stamp = 'of the build'")
    for words in (("test",), ("docs", "generate"), ("compile",)):
        done = dbt(folder, environment, *words, "--select", "platforms")
        assert done.returncode == 0, done.stdout
        assert said_of(folder) == ""
    assert stamps_of(folder) == [("of the build",)], "`crescendo build` has nothing to do"
    assert dbt(folder, environment, *SEEDS).returncode == 0
    assert stamps_of(folder) == [(None,)], "dbt by hand may have been given other variables"


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


def test_observations_are_built_with_all_that_they_are_judged_by_or_not_at_all(seeded):
    folder, environment = seeded
    done = dbt(folder, environment, "run", "--select", "fct_observations", "dim_series")
    assert done.returncode != 0
    assert "fct_observations is judged in one run with what it is judged by: run `dbt build`, or select" in done.stdout
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        assert not connection.execute("from duckdb_tables() where table_name = 'fct_observations'").fetchall()


def test_an_answer_says_that_a_load_came_after_the_build(built, tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(built / "crescendo.duckdb", folder)
    shutil.copy(built / "crescendo.duckdb.maskkey", folder)
    environment, asked = project_in(folder), ("growth", "--by", "song", "--last", "7d")
    assert "came after" not in crescendo(folder, environment, *asked).stderr
    (folder / "new.csv").write_text(reports.csv_text([reports.song(1)]))
    assert crescendo(folder, environment, "load", "new.csv").returncode == 0
    said = crescendo(folder, environment, *asked)
    assert "1 load came after the last build, and no answer includes it: run `crescendo build`" in said.stderr
    assert crescendo(folder, environment, "load", "new.csv").returncode == 0
    assert "1 load came after" in crescendo(folder, environment, *asked).stderr, "the second changed nothing"


def test_a_seed_that_cannot_be_read_is_named_with_its_place(tmp_path):
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    file = tmp_path / "seeds" / "metric_catalog.csv"
    file.write_text(file.read_text().replace("flow,spins,same_unit,1,", "flow,spins,same_unit,daily,"))
    assert dbt(tmp_path, project_in(tmp_path), "seed", "--select", "metric_catalog").returncode == 1
    [broken] = outcome.read(tmp_path / "target").broken
    assert (broken.name, broken.where) == ("metric_catalog", "seeds/metric_catalog.csv")
    assert "Line: 2" in broken.what
    assert 'column "cadence_days". Could not convert string "daily"' in broken.what
    assert "metrics.series_growth" in broken.rests_on_it
