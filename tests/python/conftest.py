"""A project of its own for the tests: the same models, another warehouse, generated data."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pytest
import warm
from crescendo import dbt as our_dbt
from crescendo.ask import texts
from reports import Desk

ROOT = Path(__file__).parents[2]
PARSED = ROOT / "target" / "tests"  # what dbt knows of the project's files, read once for all tests
# three totals that agree only within one state of what is published
BALANCE = """
    select (select count(*) from metrics.fct_observations),
        (select sum(observation_count) from metrics.dim_series),
        (select count(*) from metrics.song_days)
"""
# files that take longer than most, the longest first: one that begins last runs alone at the end; the first
# three need no built sample, and do not wait while it is built
LONG = (
    *("test_growth_cases", "test_worlds", "test_correlation"),
    *("test_increments_loaded", "test_publish_mysql", "test_days", "test_publish"),
    *("test_load", "test_growth_proof", "test_app", "test_build", "test_tasks", "test_builds", "test_findings"),
    *("test_read_order", "test_swap", "test_watch", "test_films", "test_leads", "test_insights_page", "test_domain"),
    *("test_dbt", "test_increments", "test_recommend", "test_recommend_retrain", "test_recommend_serve", "test_ask"),
    *("test_stale", "test_privacy", "test_warehouse", "test_increments_films", "test_increments_leads"),
)
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests", "analyses")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


def project_in(folder: Path) -> dict[str, str]:
    """Lay out the project in a folder; returns the environment in which its commands run there."""
    for name in PROJECT:
        if (ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    own = {"CRESCENDO_DB": str(folder / "crescendo.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
    own |= {"DBT_LOG_PATH": str(folder / "logs"), "DBT_PARTIAL_PARSE_FILE_PATH": str(parsed())}
    return os.environ | own | {"DO_NOT_TRACK": "1"}


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One test process at a time."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@cache
def parsed() -> Path:
    """The file with which dbt parses only what has changed. dbt itself checks that it holds for the project at hand."""
    file = PARSED / "partial_parse.msgpack"
    with alone(PARSED / "lock"):
        mark, now = PARSED / our_dbt.MARK, our_dbt.fingerprint(ROOT)
        if not (file.is_file() and mark.is_file() and mark.read_text().startswith(now)):
            file.unlink(missing_ok=True)  # dbt keeps unit tests that were renamed
            done, said = our_dbt.run("parse", root=ROOT, into=PARSED, file=str(PARSED / "crescendo.duckdb"))
            assert done, said
    return file


def dbt(folder: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run dbt in a folder as `crescendo` does."""
    return warm.run(["--no-use-colors", *words], folder, environment)


def crescendo(folder: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, as a user does, but for dbt, which is forked."""
    how = {"cwd": folder, "env": environment, "pass_fds": [warm.server().fileno()]}
    return subprocess.run(warm.command(*words), capture_output=True, text=True, check=False, **how)


@pytest.fixture(scope="session", autouse=True)
def forked_dbt():
    """What the process of the tests itself starts of dbt is forked, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(our_dbt, "subprocess", warm.lend(warm.server))
        yield


@pytest.fixture(autouse=True)
def own_language():
    """What a test says in French, the next one does not."""
    yield
    texts.choose("")
    texts.choose_here("")


@pytest.fixture(scope="session")
def first_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `crescendo build` made the sample's warehouse, models and tests included; of all processes."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "built"
    with alone(folder.with_suffix(".lock")):
        if not (folder / "summary.txt").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            done = crescendo(folder, project_in(folder), "build", "--log-level", "debug", "--log-file", "build.jsonl")
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "summary.txt").write_text(done.stdout)
    return folder


@pytest.fixture(scope="session")
def built(first_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it, so that no process finds another's command at work. Read only."""
    return shutil.copytree(first_built, tmp_path_factory.getbasetemp() / "sample", symlinks=True)


@pytest.fixture
def project(built, monkeypatch):
    """The built sample as the project that commands find."""
    monkeypatch.chdir(built)
    monkeypatch.setenv("CRESCENDO_DB", str(built / "crescendo.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(built / "target"))
    return built


@pytest.fixture(scope="session")
def two_states(built, tmp_path_factory):
    """Two small warehouses: ten series, and five of them; other facts are left out."""
    folder, states = tmp_path_factory.mktemp("states"), []
    for kept in (10, 5):
        path = folder / f"{kept}.duckdb"
        shutil.copy(built / "crescendo.duckdb", path)
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "create temp table kept as from metrics.dim_series"
                f" where subject_id like 'song:%' order by series_id limit {kept}"
            )
            others = "schema_name in ('metrics', 'listening') and not regexp_matches(table_name, '^(dim|bridge)_')"
            for schema, table in connection.execute(
                f"select schema_name, table_name from duckdb_tables() where {others} and estimated_size > 500"
            ).fetchall():
                if table not in ("fct_observations", "fct_silences"):
                    connection.execute(f"delete from {schema}.{table}")
            for table in ("fct_observations", "fct_silences", "dim_series"):
                connection.execute(
                    f"delete from metrics.{table} where series_id not in (select series_id from temp.kept)"
                )
        states.append(path)
    return states


@pytest.fixture(scope="session")
def nodes(built: Path) -> dict[str, dict]:
    """Everything dbt compiled: name -> node of the manifest."""
    found = json.loads((built / "target" / "manifest.json").read_text())["nodes"]
    made = [node for node in found.values() if node.get("compiled_code") or node["resource_type"] == "seed"]
    return {node["name"]: node for node in made}


@pytest.fixture(scope="session")
def nodes_that_go_on(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """The incremental models as dbt compiles them for tables that go on: name -> node of the manifest."""
    folder = tmp_path_factory.mktemp("compiled")
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        shutil.copy(built / name, folder)
    done = dbt(folder, project_in(folder), "compile", "--select", "config.materialized:incremental")
    assert done.returncode == 0, done.stdout
    found = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    return {node["name"]: node for node in found.values() if node.get("compiled_code")}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A warehouse of its own to load into."""
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    yield Desk(tmp_path)
    # some tests nest folders deeper than Python's own removal can follow
    subprocess.run(["rm", "-rf", "--", str(tmp_path)], check=False)
