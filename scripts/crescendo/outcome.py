"""What became of `dbt build`: what was built, which promises of ours were broken, and what rests on them.

A data test is a promise of ours: data cannot break it, because what data can break is a finding (quality.fct_findings).
"""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.terminal import counted
from crescendo.warehouse import path as warehouse_path

MOST = 8  # tables that are named
MESSAGE = 600  # characters of what a database says
BROKEN = ("warn", "fail", "error", "partial success")


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept, or a model that could not be built. `rests_on_it` names what people read of that."""

    name: str
    where: str
    what: str
    rests_on_it: tuple[str, ...]
    is_promise: bool


@dataclass
class Outcome:
    """What `dbt build` did: how many of each resource type were made or passed, and what was broken."""

    done: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)


def read(target: Path) -> Outcome:
    """The outcome that the last run left in dbt's `target` folder."""
    manifest = json.loads((target / "manifest.json").read_text())
    outcome = Outcome()
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        uid, status = result["unique_id"], result["status"]
        if status in ("success", "pass"):
            outcome.done[uid.split(".")[0]] += 1
        elif status in BROKEN and not uid.startswith("operation."):  # our own hook says the same
            outcome.broken.append(_broken(manifest, uid, result))
    outcome.broken.sort(key=lambda broken: (not broken.is_promise, broken.name))
    return outcome


def nodes(target: Path) -> list[dict]:
    """Each node of the last run: its name, type, status, seconds and failures; not its message, which may hold data."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [
        {
            "node": result["unique_id"], "status": result["status"], "seconds": round(result["execution_time"], 3),
            "failures": result["failures"],
        }
        for result in results
    ]  # fmt: skip


def _broken(manifest: dict, uid: str, result: dict) -> Broken:
    node = manifest["nodes"][uid]
    is_promise = node["resource_type"] == "test" and result["status"] != "error"
    what = (
        f"{counted(result['failures'], 'row breaks', 'rows break')} it" if is_promise else _said(manifest, node, result)
    )
    of = [node["attached_node"]] if node.get("attached_node") else node["depends_on"].get("nodes", [])
    return Broken(
        name=node["name"],
        where=node["original_file_path"],
        what=what,
        rests_on_it=_read_by_people(manifest, of if node["resource_type"] == "test" else [uid]),
        is_promise=is_promise,
    )


def _said(manifest: dict, node: dict, result: dict) -> str:
    """What the database said, with the column and the line that it names, and the files that the model reads."""
    if node["resource_type"] == "seed" and (uneven := _uneven(Path(node["original_file_path"]))):
        return uneven
    lines = (result["message"] or "").split("\n")[1 if result["status"] == "error" else 0 :]
    message = " ".join(" ".join(line for line in lines if line.strip(" ^~")).split())[:MESSAGE]
    read = [
        manifest["nodes"][uid]["original_file_path"]
        for uid in node["depends_on"].get("nodes", [])
        if uid.startswith("model.")
    ]
    return f"{message}; it reads {', '.join(read)}" if read and result["status"] == "error" else message


def _uneven(seed: Path) -> str:
    """The first row of a seed that has more or fewer values than there are columns; empty if there is none."""
    try:
        with seed.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file, strict=True)
            columns = len(next(rows, []))
            for row in rows:
                if row and len(row) != columns:
                    return (
                        f"line {rows.line_num} has {counted(len(row), 'value')} for {counted(columns, 'column')}:"
                        " give each column a value, if need be an empty one, and quote a value with a comma"
                    )
    except (OSError, ValueError, csv.Error):
        pass
    return ""


def _read_by_people(manifest: dict, uids: list[str]) -> tuple[str, ...]:
    """The marts and metrics among these models and all that is made from them."""
    found, waiting = set(), list(uids)
    while waiting:
        uid = waiting.pop()
        if uid in found or not uid.startswith(("model.", "seed.")):
            continue
        found.add(uid)
        waiting += manifest["child_map"].get(uid, [])
    nodes = [manifest["nodes"][uid] for uid in found]
    return tuple(
        sorted(
            f"{node['schema']}.{node['name']}"
            for node in nodes
            if node["fqn"][1] in ("marts", "metrics") and not node["name"].startswith("int_")
        )
    )


def told(broken: list[Broken], target: Path) -> list[str]:
    """What to tell of broken promises: the first line names them, the last says what to send us."""
    promises = [item.name for item in broken if item.is_promise]
    failed = [item.name for item in broken if not item.is_promise]
    what = [f"a promise of Crescendo is broken: {', '.join(promises)}"] * bool(promises)
    what += [f"{', '.join(failed)} could not be built"] * bool(failed)
    whose = "ours" if promises and not failed else "the models, which are ours unless you have changed them"
    if broken and all(item.where.startswith("seeds/") for item in broken):
        whose = "the seeds, which are ours unless you have changed them"
    lines = [f"error: {'; '.join(what)}. This is a fault of {whose}, not of your files."]
    for item in broken:
        lines.append(f"  {item.name} ({item.where}): {item.what}")
        more = f" and {len(item.rests_on_it) - MOST} more" if len(item.rests_on_it) > MOST else ""
        if item.rests_on_it:
            lines.append(f"    believe no number of {', '.join(item.rests_on_it[:MOST])}{more} that rests on it")
    lines.append("  All that does not depend on this is built and answers.")
    lines.append(
        f"  Send us the lines above, {target / 'run_results.json'} and what `crescendo status --format json` says of"
        f" {warehouse_path()}; look through them first, samples of your data are among them."
    )
    return lines


def noted(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The promises that the last build found broken, as the macro note_broken_promises keeps them."""
    table = (
        "select 1 from information_schema.tables where table_schema = 'load_audit' and table_name = 'broken_promises'"
    )
    if not connection.execute(table).fetchone():
        return []
    found = connection.execute("select promise, row_count, found_at from load_audit.broken_promises order by promise")
    return [
        _(
            "a promise of Crescendo is broken, which is a fault of ours: {promise} ({rows} {rows:row|rows},"
            " {at}); no number"
            " that rests on it is to be believed: see `crescendo build --force`",
            promise=promise,
            rows=grouped(rows),
            at=f"{at:%F %R}",
        )
        for promise, rows, at in found.fetchall()
    ]
