"""A landing that is loaded and built as a user does it, and what goes wrong meanwhile."""

import contextlib
import csv
import io
import json
import os
import re
import shutil
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
from conftest import dbt, project_in
from crescendo.cli import main
from drawn_steps import Drawn, Landed, read_bytes
from drawn_worlds import ODD_NAMES


@dataclass(frozen=True)
class Fault:
    """What went wrong: `what` is the same in every world that has the fault, `detail` is this world's.

    `by` is the name of the check that found it.
    """

    what: str
    detail: str = ""
    by: str = ""


@dataclass
class Built:
    """A landing that was loaded and built in a folder."""

    folder: Path
    landed: Landed
    world: Drawn
    ledger: list[dict] = field(default_factory=list)
    told: list[Fault] = field(default_factory=list)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or self.world.get("name", "crescendo")

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / f"{self.name}.duckdb"

    def rows(self, sql: str, *values: object) -> list[dict]:
        """Rows of a question as dictionaries."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute(sql, values or None)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def loaded(self) -> Iterator[tuple[Path, dict]]:
        """The files that the warehouse holds, with their lines in the ledger."""
        for entry in self.ledger:
            path = Path(entry["path"])
            if entry["status"] == "loaded" and entry["is_current"] and path.is_file():
                yield path, entry

    def is_sound(self, path: Path) -> bool:
        """Whether nobody damaged a file."""
        return self.landed.name(path) not in self.landed.damaged


def once(faults: Iterable[Fault], by: str) -> list[Fault]:
    """The first fault of each kind."""
    return [replace(fault, by=by) for fault in {fault.what: fault for fault in reversed([*faults])}.values()][::-1]


def told(error: str) -> str:
    """An error without what differs from world to world: paths, numbers, quoted text."""
    error = re.sub(r"\x1b\[\d*m|'[^']*'|\"[^\"]*\"|(/[\w.() -]+)+|\b[0-9a-f-]{16,}\b", "~", error.strip())
    return " ".join(re.sub(r"\d+", "#", error).split())[:160]


def run(what: str, *words: object) -> tuple[int, str, str] | Fault:
    """A command in this process: its exit code and what it said, or the fault of a traceback."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            return main([str(word) for word in words]), out.getvalue(), err.getvalue()
    except Exception as error:  # noqa: BLE001 whatever it is, a user would see it
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} in {Path(where.filename).name}: {told(str(error).splitlines()[0])}"
        return Fault(f"{what}: traceback: {said}", f"crescendo {' '.join(map(str, words))}: {error}"[:600])


@contextlib.contextmanager
def working_in(built: Built) -> Iterator[dict[str, str]]:
    """The working folder and the warehouse of commands; yields the environment for dbt."""
    before, known = Path.cwd(), os.environ.get("CRESCENDO_DB")
    os.environ["CRESCENDO_DB"] = built.warehouse.name  # not a whole path, so that dbt's parsing can be reused
    os.chdir(built.folder)
    try:
        yield project_in(built.folder) | {"CRESCENDO_DB": built.warehouse.name}
    finally:
        os.chdir(before)
        os.environ.pop("CRESCENDO_DB")
        os.environ |= {"CRESCENDO_DB": known} if known else {}


# --- loading -----------------------------------------------------------------------------------------------------


def fetch_faults(built: Built) -> Iterator[Fault]:
    """What the fetches complained about."""
    return (Fault(f"fetch: {told(said)}", said) for said in built.landed.said)


def refuse_name(built: Built) -> Iterator[Fault]:
    """A name that is taken by a schema is refused with a better one, which is used from then on."""
    if built.name not in ODD_NAMES:
        return
    better = f"crescendo_{built.name}"
    with working_in(built):
        done = run("load", "load", built.landed.folder)
    if isinstance(done, Fault):
        yield done
    elif done[0] != 2 or f"{better}.duckdb" not in done[2] or built.warehouse.exists():
        yield Fault(f"load: the name {built.name} is not refused with a better one", str(done)[:600])
    built.name = better


def load(built: Built) -> None:
    """Load as the world says, once more at the end, and read the ledger."""
    folder, sent = built.landed.folder, set()
    for step in [*built.world["loads"], {**built.world["loads"][-1], "again": True}]:
        paths = [path for name in step["paths"] for path in ([folder] if name == "." else sorted(folder.glob(name)))]
        if paths:
            built.told += _load(built, step, paths)
        if "source" not in step:
            sent |= {path for path in built.landed.files() if any(path.is_relative_to(one) for one in paths)}
    done = run("status", "status", "--format", "json")
    if isinstance(done, Fault):
        built.told.append(done)
    elif done[0]:
        built.told.append(Fault(f"status: the ledger does not add up: {told(done[2])}", done[2]))
    if built.warehouse.exists():
        built.ledger = built.rows("select * from load_audit.files order by _file_id")
        held = dict(built.loaded())
        refused = {Path(entry["path"]) for entry in built.ledger if entry["status"] == "refused"}  # told already
        for path in sorted(path for path in sent - refused if built.is_sound(path)):
            built.told += _held_faults(path, held.get(path))


def _load(built: Built, step: Drawn, paths: list[Path]) -> Iterator[Fault]:
    words = [*paths, "--format", "json", *(["--source", step["source"]] if "source" in step else [])]
    done = run("load", "load", *words)
    if isinstance(done, Fault):
        yield done
        return
    code, out, err = done
    if code not in (0, 2) or (code and "error:" not in err):
        yield Fault(f"load: exit code {code} without a reason", err)
    if not out:
        yield Fault(f"load: nothing was loaded: {told(err)}", err)
        return
    said = json.loads(out)
    for file in said["files"]:
        yield from _file_faults(built, file, step)
    if step.get("again") and said["load_id"] is not None:
        changed = [file["path"] for file in said["files"] if file["status"] == "loaded"]
        yield Fault("load: the same files again are not the same", f"{changed[:3]}")


def _file_faults(built: Built, file: dict, step: Drawn) -> Iterator[Fault]:
    path, counts = Path(file["path"]), file["counts"]
    if file["status"] == "refused":
        # a named source may be the wrong one, a damaged file may be anything
        if built.is_sound(path) and "source" not in step:
            yield Fault(f"load: a sound file is refused: {told(file['reason'])}", f"{path.name}: {file['reason']}")
        if not file["reason"]:
            yield Fault("load: a file is refused without a reason", path.name)
        return
    for what in ("records", "rows"):
        if counts[f"{what}_in"] != sum(counts[f"{what}_{how}"] for how in ("loaded", "duplicate", "rejected")):
            yield Fault(f"load: {what} do not add up", f"{path.name}: {counts}")


def _held_faults(path: Path, entry: dict | None) -> Iterator[Fault]:
    """What the warehouse lacks of a sound file that was loaded without saying what it is."""
    whole, broken = _records_of(path)
    if entry is None:
        yield Fault("load: a sound file is not held", path.name)
        return
    found, said = entry["records_loaded"] + entry["records_duplicate"], f"{path.name}: {entry}"
    if found != whole:
        yield Fault("load: records of a sound file are missing", f"{found} of {whole}: {said}")
    if entry["records_in"] != whole + broken:
        yield Fault("load: records of a sound file are miscounted", f"{whole} and {broken} broken: {said}")
    if entry["rows_rejected"]:
        yield Fault("load: rows of a sound file are rejected", said)


def _records_of(path: Path) -> tuple[int, int]:
    """Whole and broken records of a sound file; the last record of a sample is cut."""
    text = read_bytes(path).decode()
    if text[0] == "[":
        return len(json.loads(text)), 0
    if path.suffix == ".csv" or path.name.endswith(".csv.gz"):
        rows = list(csv.reader(text.splitlines(keepends=True)))
        whole = sum(len(row) == len(rows[0]) for row in rows[1:])
        return whole, len(rows) - 1 - whole
    return (
        sum(bool(line.strip()) for line in text.splitlines()) if text.count("\n{") or ".jsonl" in path.name else 1
    ), 0


# --- building ----------------------------------------------------------------------------------------------------


def build(built: Built, environment: dict[str, str]) -> Iterator[Fault]:
    """`dbt build` without unit tests. What it could not make is then made without its tests, to be looked at."""
    results = _dbt(built, environment, "build", "--exclude-resource-type", "unit_test")
    if not results:
        said = (built.folder / "dbt.txt").read_text().strip()
        yield Fault(f"dbt build: it did not run: {told(said.splitlines()[-1])}", said[-1500:])
        return
    shutil.copy(built.folder / "target" / "manifest.json", built.folder / "manifest.json")
    for result in results:
        if result["status"] in ("error", "fail", "runtime error"):
            _, _, name, *_ = result["unique_id"].split(".")
            said = f": {told(result['message'].splitlines()[0])}" if result["status"] != "fail" else ""
            yield Fault(f"dbt build: {name} {result['status']}{said}", str(result["message"])[:600])
    if any(result["status"] == "skipped" for result in results):
        _dbt(built, environment, "run")


def _dbt(built: Built, environment: dict[str, str], *words: str) -> list[dict]:
    target = built.folder / "target"
    target.mkdir(exist_ok=True)
    found = target / "run_results.json"
    found.unlink(missing_ok=True)
    done = dbt(built.folder, environment, *words)
    (built.folder / "dbt.txt").write_text(done.stdout + done.stderr)
    return json.loads(found.read_text())["results"] if found.exists() else []
