"""From a landing that fails to the least of it that fails in the same way, and the command that shows it."""

import itertools
import json
import os
import shlex
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
from drawn_builds import Built, Fault, fetch_faults, load, once, working_in
from drawn_checks import CHECKS, checked
from drawn_steps import Drawn, Landed, keep_records, records_in, request_of
from drawn_worlds import land


def smallest(things: Sequence, fails: Callable[[list], bool], until: float = float("inf")) -> list:
    """The things without which it would not fail, as far as dropping parts of them finds out before a time.

    Delta debugging (Zeller): halves are dropped first, then quarters ..., at last things one by one.
    """
    left, parts = [*things], 2
    while left and time.monotonic() < until:
        size = -(-len(left) // parts)
        for start in range(0, len(left), size):
            fewer = left[:start] + left[start + size :]
            if time.monotonic() < until and fails(fewer):
                left, parts = fewer, max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(2 * parts, len(left))
    return left


class Shrinker:
    """Tries smaller and smaller worlds for one fault: `finds` yields the faults of a landing in a folder."""

    def __init__(
        self, world: Drawn, fault: Fault, finds: Callable[[Built], Iterable[Fault]], folder: Path, seconds: float
    ) -> None:
        self.world, self.fault, self.finds, self.folder = world, fault, finds, folder
        self.until = time.monotonic() + seconds
        self.number = itertools.count()
        self.tries = 0

    def shrunk(self) -> Drawn:
        """The least world found in the time."""
        world = self.world
        for key in ("steps", "loads"):
            world = self._fewer(world, key)
        world = self._plain_loads(world)
        for place in range(len(world["makes"])):
            world = self._without(world, place)
        world = self._lesser_numbers(world)
        if self.fault.by != "fetch":
            landed = land(world, self._new_folder())
            world = self._fewer_files(world, landed)
            world = self._fewer_records(world, landed)
        return world

    def fails(self, world: Drawn, landed: Landed | None = None) -> bool:
        """Whether a world, of files that are there already or made for it, has the fault."""
        if time.monotonic() > self.until:
            return False
        self.tries += 1
        folder = self._new_folder()
        try:
            landed = _copy(landed, folder / "landing", world) if landed else land(world, folder / "landing")
            return self.fault.what in {fault.what for fault in self.finds(Built(folder, landed, world))}
        except (OSError, ValueError, KeyError, IndexError):
            return False  # no such world can be made
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _new_folder(self) -> Path:
        return self.folder / f"{next(self.number)}"

    # --- what is made smaller ---

    def _fewer(self, world: Drawn, key: str) -> Drawn:
        if not world[key]:
            return world
        kept = smallest(
            world[key], lambda some: bool(some or key == "steps") and self.fails(world | {key: some}), self.until
        )
        return world | {key: kept}

    def _plain_loads(self, world: Drawn) -> Drawn:
        plain = world | {"loads": [{"paths": ["."]}]}
        return plain if world["loads"] != plain["loads"] and self.fails(plain) else world

    def _without(self, world: Drawn, place: int) -> Drawn:
        makes = [*world["makes"]]
        makes[place] = {"make": "nothing"}
        fewer = world | {"makes": makes}
        return fewer if makes != world["makes"] and self.fails(fewer) else world

    def _lesser_numbers(self, world: Drawn) -> Drawn:
        """Halve songs, days and other numbers, and shorten lists, as long as it still fails; half of the time."""
        until = time.monotonic() + (self.until - time.monotonic()) / 3
        for place, key in [(place, key) for place, make in enumerate(world["makes"]) for key in make]:
            while time.monotonic() < until:
                smaller = _smaller(key, world["makes"][place][key])
                makes = [dict(make) for make in world["makes"]]
                before = makes[place][key]
                for make in makes:  # makes that share their songs go on sharing them
                    if smaller is not None and key in ("songs", "days") and make.get(key) == before:
                        make[key] = smaller
                if smaller is None:
                    break
                makes[place][key] = smaller
                if not self.fails(world | {"makes": makes}):
                    break
                world = world | {"makes": makes}
        return world

    def _fewer_files(self, world: Drawn, landed: Landed) -> Drawn:
        names = [landed.name(path) for path in landed.files()]
        for group in (_folder_of, _document_of, str):
            groups = [list(found) for _, found in itertools.groupby(sorted(names, key=group), key=group)]
            kept = smallest(
                groups, lambda some: self.fails(world | {"keep": [*itertools.chain(*some)]}, landed), self.until
            )
            names = sorted(itertools.chain(*kept))
        return world | {"keep": names}

    def _fewer_records(self, world: Drawn, landed: Landed) -> Drawn:
        for name in world["keep"]:
            count = records_in(landed.folder / name)
            if count > 1 and name not in landed.damaged:
                world = self._fewer_of(world, landed, name, [*range(count)])
        return world | {"keep": _patterns(world["keep"], [landed.name(path) for path in landed.files()])}

    def _fewer_of(self, world: Drawn, landed: Landed, name: str, places: list[int]) -> Drawn:
        def left(some: list) -> Drawn:
            return world | {"records": world.get("records", {}) | {name: some}}

        # written anew, a file may not show the fault any more
        if not self.fails(left(places), landed):
            return world
        return left(smallest(places, lambda some: self.fails(left(some), landed), self.until))


def _patterns(kept: list[str], every: list[str]) -> list[str]:
    """The files that are kept, and folders or documents of which all are kept by one pattern."""
    found = list(kept)
    for group, ending in ((_folder_of, "/*"), (_document_of, "__*")):
        for name in {group(one) for one in kept if one in found}:
            pattern = name + ending
            if [one for one in every if fnmatch(one, pattern)] == [one for one in kept if fnmatch(one, pattern)]:
                found = [one for one in found if not fnmatch(one, pattern)] + [pattern]
    return sorted(found)


def _smaller(key: str, value: object) -> object:
    """The next smaller value of an option to try; None if there is none."""
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 or (value and key in ("dirt", "faults")) else None
    if key in ("songs", "days", "span", "lists", "list_days") and value > 1:
        return value // 2
    return None


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


def _document_of(name: str) -> str:
    return name.split("__")[0]


def _copy(landed: Landed, to: Path, world: Drawn) -> Landed:
    """The files that a world keeps, linked, and the records that it keeps, written anew."""
    copied = Landed(to, landed.damaged, landed.said)
    to.mkdir(parents=True)
    for path in landed.files():
        name = landed.name(path)
        if "keep" in world and not any(name == kept or fnmatch(name, kept) for kept in world["keep"]):
            continue
        for one in (path, request_of(path)):
            place = to / landed.name(one)
            if one.is_file() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copy if name in world.get("records", {}) else os.link)(one, place)
    for name, places in world.get("records", {}).items():
        if (to / name).is_file():
            keep_records(to / name, places)
    return copied


def command(world: Drawn) -> str:
    """What to type to see a world fail."""
    words = shlex.quote(json.dumps(world, ensure_ascii=False))
    return f"CRESCENDO_WORLD={words} .venv/bin/pytest tests/python/test_worlds.py -k given"


# --- what dbt ran ------------------------------------------------------------------------------------------------


class Replay:
    """What a fault needs of loading, building and checking, for one try after another.

    In place of dbt it runs the statements that dbt ran for a world that was built, of what the fault needs.
    """

    def __init__(self, built: Built, fault: Fault) -> None:
        self.folder, self.fault = built.folder, fault
        self.nodes = {} if fault.by in ("fetch", "load") else _nodes(built.folder)

    def __call__(self, built: Built) -> list[Fault]:
        """The faults of a landing, as far as they may be this one."""
        if self.fault.by == "fetch":
            return once(fetch_faults(built), "fetch")
        with working_in(built):
            load(built)
            if self.fault.by == "load" or not built.warehouse.exists():
                return once(built.told, "load")
            if self.fault.by == "build":
                return list(self._replayed(built, [self.fault.what.split()[2]]))
            shutil.copytree(self.folder / "target", built.folder / "target")
            [(check, models)] = [pair for pair in CHECKS.items() if pair[0].__name__ == self.fault.by]
            every = [name for name, node in self.nodes.items() if not _is_test(node)]
            return [*self._replayed(built, models or every), *checked(built, check)]

    def _replayed(self, built: Built, wanted: Sequence[str]) -> Iterator[Fault]:
        """Run what dbt ran for these nodes and what they read; a node that fails is a fault, as `build` has it."""
        parents = {name: self.nodes[name]["parents"] for name in _with_ancestors(self.nodes, wanted)}
        with duckdb.connect(str(built.warehouse)) as connection:
            for name in TopologicalSorter(parents).static_order():
                try:
                    problem = _run(connection, self.folder, self.nodes[name])
                except duckdb.Error:
                    # dbt words an error in its own way
                    problem = self.fault.what if f"{name} error" in self.fault.what else f"dbt build: {name} error"
                if problem:
                    yield Fault(problem)


def _nodes(folder: Path) -> dict[str, dict]:
    """Models, seeds and data tests by name, with the names of those that they read and the file of what dbt ran."""
    found = json.loads((folder / "manifest.json").read_text())["nodes"]
    kept = {key: node for key, node in found.items() if node["resource_type"] in ("model", "seed", "test")}
    for node in kept.values():
        node["parents"] = {kept[key]["name"] for key in node["depends_on"].get("nodes", ()) if key in kept}
        node["ran"] = folder / "target" / "run" / "crescendo" / node["original_file_path"]
    return {node["name"]: node for node in kept.values()}


def _is_test(node: dict) -> bool:
    return node["resource_type"] == "test"


def _with_ancestors(nodes: dict[str, dict], wanted: Sequence[str]) -> set[str]:
    found, waiting = set(), [name for name in wanted if name in nodes]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += nodes[name]["parents"]
    return found


def _run(connection: duckdb.DuckDBPyConnection, folder: Path, node: dict) -> str | None:
    """Make a seed or a model as dbt made it, or ask a test; returns how dbt tells of a test that fails."""
    if _is_test(node):
        sql = node.get("compiled_code") or "select 1 where false"
        return f"dbt build: {node['name']} fail" if connection.execute(sql).fetchone() else None
    connection.execute(f"create schema if not exists {node['schema']}")
    if node["resource_type"] == "seed":
        types = node["config"].get("column_types")
        read = f"read_csv('{folder / node['original_file_path']}'{f', types = {types}' if types else ''})"
        connection.execute(f"create or replace table {node['schema']}.{node['name']} as from {read}")
        return None
    # dbt makes a table under another name, and gives it its own at the end
    connection.execute(node["ran"].read_text().replace("__dbt_tmp", ""))
    return None
