"""The one place that runs dbt, and that says whether the manifest it wrote is of the project as it is now."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crescendo import privacy, swap, warehouse
from crescendo.errors import CrescendoError

# what the models are made from
PROJECT = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests")
ENDINGS = (".sql", ".yml", ".csv", ".md")
QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
# beside a manifest: the fingerprint of the project that it was made from, and the run of dbt that made it
MARK = "manifest.fingerprint"
# hand over to dbt the stamp of what it builds, a file of what it may run, and that a manifest stays: see dbt_cli
STAMP, WANTED, KEPT = "CRESCENDO_PROJECT_STAMP", "CRESCENDO_WANTED_NODES", "CRESCENDO_KEPT_MANIFEST"
PACKAGES = ("crescendo", "dbt-core", "dbt-duckdb", "duckdb")

Manifest = dict[str, Any]
Begun = tuple[subprocess.Popen[str], socket.socket]  # a process that waits for what to do, and where to tell it


def target(root: Path = Path()) -> Path:
    """The folder to which dbt writes what it did."""
    return Path(os.environ.get("DBT_TARGET_PATH") or root / "target")


def fingerprint(root: Path = Path()) -> str:
    """A sha256 over everything the models are made from: two projects of one fingerprint build the same tables."""
    digest = hashlib.sha256()
    for name in PROJECT:
        paths = sorted((root / name).rglob("*")) if (root / name).is_dir() else [root / name]
        for path in paths:
            if path.suffix in ENDINGS and path.is_file():
                digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def stamp(root: Path = Path(), file: Path | None = None) -> str:
    """A sha256 over all that decides what a build makes of the same raw tables: project, versions, key of the hashes.

    `file` is the warehouse, that of CRESCENDO_DB if None. Raises CrescendoError if the key cannot be read.
    """
    key = privacy.mask_key(swap.original(file or warehouse.path()))
    parts = [fingerprint(root), *(f"{name} {version(name)}" for name in PACKAGES), key]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def begun() -> Iterator[Begun]:
    """A process that imports dbt, while the block does something else, and then waits for what to `run`.

    It ends with this process, also if that is killed.
    """
    asking, asked = socket.socketpair()
    with (
        asking,
        asked,
        subprocess.Popen(
            [sys.executable, "-m", "crescendo.dbt_cli"],
            env=os.environ | QUIET,
            stdin=asked.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        asked.close()
        try:
            yield process, asking
        finally:
            process.kill()  # if it was given nothing to do, or not waited for


def run(
    *words: str,
    root: Path = Path(),
    into: Path | None = None,
    file: str = "",
    heard: Callable[[str], None] = lambda line: None,
    stamp: str = "",
    wanted: Iterable[str] | None = None,
    process: Begun | None = None,
) -> tuple[bool, str]:
    """Run dbt with these words; whether it succeeded, and what it said.

    `into` is the folder it writes to, `target(root)` if None. `file` is the warehouse it builds in; if empty, that of
    CRESCENDO_DB or the copy of it that is worked on. `heard` is called with each line as dbt says it. `stamp` is
    noted with what is built. Of what the words select, only the nodes with the ids `wanted` are run, if it is not None.
    `process` is one that has `begun`, if it is not None.
    """
    folder = (into or target(root)).absolute()
    written, before = folder / "manifest.json", fingerprint(root)
    age = written.stat().st_mtime_ns if written.is_file() else 0
    lines: list[str] = []
    asked = {STAMP: stamp} if stamp else {}
    built = file or str(swap.working(warehouse.path()))
    if wanted is not None:
        folder.mkdir(parents=True, exist_ok=True)
        known = _compiled_tests(folder / "docs", before, Path(built).stem)
        (folder / "wanted_nodes.json").write_text(json.dumps({node: known.get(node) for node in sorted(wanted)}))
        asked[WANTED] = str(folder / "wanted_nodes.json")
        # not if dbt was run by hand since
        if _mark(folder).startswith(f"{before} ") and 0 < age <= (folder / MARK).stat().st_mtime_ns:
            asked[KEPT] = "1"
    places = ("--project-dir", str(root), "--profiles-dir", str(root), "--target-path", str(folder))
    task = {"words": [*words, "--no-use-colors", *places], "environment": asked | {"CRESCENDO_DB": built}}
    with nullcontext(process) if process else begun() as (ours, asking):
        # with the words go the locks of copies; a process that has ended already has said why
        with suppress(ConnectionError):
            socket.send_fds(asking, [f"{json.dumps(task)}\n".encode()], swap.locks())
        for line in ours.stdout or ():
            lines.append(line)
            heard(line)
        code = ours.wait()
    if written.is_file() and written.stat().st_mtime_ns != age:
        (folder / MARK).write_text(f"{before} {_run_of(json.loads(written.read_text()))}\n")
    return not code, "".join(lines)


def keep_manifest() -> None:
    """Keep the manifest of a build of all models: that of a build of some has the compiled code of those alone."""
    whole, kept = target(), target() / "docs"
    if _of_this_project(whole, fingerprint()):
        kept.mkdir(exist_ok=True)
        for name in ("manifest.json", MARK):
            shutil.copy(whole / name, kept / name)


def manifest(root: Path = Path()) -> Manifest:
    """The manifest of the project at `root` with every model compiled, made again if the project has changed since.

    Raises CrescendoError if there is no project or, with dbt's own words, if it does not compile.
    """
    if not (root / "dbt_project.yml").is_file():
        raise CrescendoError(f"there is no dbt_project.yml in {root.absolute()}: run this in the project's folder")
    # a folder of its own: `dbt parse` writes a manifest without compiled code over that of the build
    compiled, now = target(root) / "docs", fingerprint(root)
    for folder in (target(root), compiled):
        if found := _of_this_project(folder, now):
            return found
    # dbt's partial parsing takes a unit test that was removed and came back for two of one name
    done, said = run("compile", "--quiet", "--no-partial-parse", root=root, into=compiled, file=":memory:")
    if not done:
        raise CrescendoError(f"dbt cannot compile the project at {root.absolute()}: {said}")
    return json.loads((compiled / "manifest.json").read_text())


def static_site() -> Path:
    """Make dbt's own pages of the warehouse as one HTML file. Raises CrescendoError with dbt's words."""
    with warehouse.connect(read_only=True):  # dbt would make an empty one
        pass
    done, said = run("docs", "generate", "--static", "--quiet")
    if not done:
        raise CrescendoError(f"dbt docs generate failed: {said}")
    return target() / "static_index.html"


def _compiled_tests(folder: Path, now: str, database: str) -> dict[str, str]:
    """The SQL of every test, by id, of a manifest of the project as it is, if it is for this database."""
    found = _of_this_project(folder, now) or {"nodes": {}}
    return {
        unique_id: node["compiled_code"]
        for unique_id, node in found["nodes"].items()
        if node["resource_type"] == "test" and node["database"] == database and node.get("compiled_code")
    }


def _of_this_project(folder: Path, now: str) -> Manifest | None:
    """The manifest in a folder, if it is of the project as it is and every model is compiled in it."""
    mark, written = _mark(folder), folder / "manifest.json"
    if not written.is_file() or not mark.startswith(f"{now} "):
        return None
    found = json.loads(written.read_text())
    if mark.split() != [now, _run_of(found)]:  # dbt was run by hand since
        return None
    models = (node for node in found["nodes"].values() if node["resource_type"] == "model")
    return found if all(model.get("compiled_code") for model in models) else None


def _mark(folder: Path) -> str:
    """What is noted beside the manifest in a folder; '' if nothing is."""
    mark = folder / MARK
    return mark.read_text() if mark.is_file() else ""


def _run_of(manifest: Manifest) -> str:
    return str(manifest["metadata"]["invocation_id"])
