"""The registry: MLflow on SQLite, beside the warehouse, as a program of an environment of its own (`make registry`).

MLflow brings ninety packages and ten seconds of imports, so it is never imported here. What it holds can be made again
from the warehouse: without it nothing is lost, and the run says that it is not there.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.analysis.recommend import artefacts, store
from crescendo.errors import CrescendoError

PYTHON_VARIABLE = "CRESCENDO_REGISTRY_PYTHON"
PROGRAM = Path(__file__).with_name("mlflow_program.py")
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_LOGGING_LEVEL": "ERROR"}


def python() -> Path | None:
    """The interpreter that has MLflow; None if there is none."""
    told = os.environ.get(PYTHON_VARIABLE)
    found = Path(told) if told else Path.cwd() / ".venv-registry" / "bin" / "python"
    return found if found.exists() else None


def folder() -> Path:
    """Where MLflow keeps its database and files."""
    file = warehouse.path()
    return file.with_name(f"{file.name}.mlflow")


def address() -> str:
    """What `mlflow ui --backend-store-uri` opens."""
    return f"sqlite:///{(folder() / 'mlflow.db').absolute()}"


def record(version: str, say: Callable[[str], None] = lambda _: None) -> bool:
    """Tell the registry of a version, and which version serves; whether it is there to be told.

    Raises CrescendoError if it is there and fails.
    """
    interpreter = python()
    if interpreter is None:
        say("no registry: `make registry` installs MLflow; the warehouse has every version and decision")
        return False
    say("telling the registry")
    with warehouse.connect(read_only=True) as connection:
        told = description(connection, version)
    folder().mkdir(mode=0o700, exist_ok=True)
    done = subprocess.run(  # noqa: S603 our own program, by the interpreter that the user names
        [str(interpreter), str(PROGRAM)], input=json.dumps(told, default=str), env=os.environ | QUIET,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CrescendoError(
            f"the registry failed ({last}); the warehouse has the version: run `crescendo retrain` again"
        )
    return True


def description(connection: duckdb.DuckDBPyConnection, version: str) -> dict:
    """All that the registry is told of a version."""
    columns = list(store.TABLES["model_versions"])
    row = connection.execute(
        f"select {', '.join(columns)} from {store.SCHEMA}.model_versions where model_version = ?", [version]
    ).fetchone()
    if row is None:
        raise CrescendoError(f"recommendations.model_versions lacks {version}")
    figures = connection.execute(
        f"""
        select m.figure, m.figure_value from {store.SCHEMA}.model_metrics as m
        inner join {store.SCHEMA}.model_versions as v
            on m.model_version = v.model_version and m.model = v.model and m.settings = v.settings
        where m.model_version = ? order by m.measured_at
        """,
        [version],
    ).fetchall()
    decided = connection.execute(
        f"""
        select champion_ndcg, challenger_ndcg, lowest_difference, highest_difference, champion_rmse, challenger_rmse
        from {store.SCHEMA}.model_promotions where challenger_version = ? order by decision_id desc limit 1
        """,
        [version],
    ).fetchone()
    names = ("champion_ndcg", "challenger_ndcg", "lowest_difference", "highest_difference", "champion_rmse",
             "challenger_rmse")  # fmt: skip
    new = {f"newest_{name}": value for name, value in zip(names, decided or (), strict=False) if value is not None}
    return {
        "database": address(),
        "artefacts": str((folder() / "files").absolute()),
        "file": str((artefacts.folder() / artefacts.file_name(version)).absolute()),
        "version": version,
        "serving": store.serving(connection),
        "facts": dict(zip(columns, map(str, row), strict=True)),
        "figures": {f"validation_{name}": value for name, value in figures} | new,
    }
