"""A project of its own for the tests: the same models, another warehouse, generated data."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from reports import Desk

ROOT = Path(__file__).parents[2]
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests", "analyses")


def project_in(folder: Path) -> dict[str, str]:
    """Lay out the project in a folder; returns the environment in which its commands run there."""
    for name in PROJECT:
        if (ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    own = {"CRESCENDO_DB": str(folder / "crescendo.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
    return os.environ | own | {"DBT_LOG_PATH": str(folder / "logs"), "DO_NOT_TRACK": "1"}


def crescendo(folder: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, as a user does."""
    command = [sys.executable, "-m", "crescendo.cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `crescendo build` made the sample's warehouse, models and tests included. Read only."""
    folder = tmp_path_factory.mktemp("built")
    done = crescendo(folder, project_in(folder), "build", "--log-level", "debug", "--log-file", "build.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "summary.txt").write_text(done.stdout)
    (folder / "progress.txt").write_text(done.stdout)
    return folder


@pytest.fixture(scope="session")
def nodes(built: Path) -> dict[str, dict]:
    """Everything dbt compiled: name -> node of the manifest."""
    found = json.loads((built / "target" / "manifest.json").read_text())["nodes"]
    made = [node for node in found.values() if node.get("compiled_code") or node["resource_type"] == "seed"]
    return {node["name"]: node for node in made}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A warehouse of its own to load into."""
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    yield Desk(tmp_path)
    # some tests nest folders deeper than Python's own removal can follow
    subprocess.run(["rm", "-rf", "--", str(tmp_path)], check=False)
