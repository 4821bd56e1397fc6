"""Whether Spark's tables hold what DuckDB's do: every row by its key, every value; floats to a relative 1e-12."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from crescendo.warehouse import one, quoted, text

TOLERANCE = 1e-12
FLOATS = ("DOUBLE", "FLOAT")
# what is another value in each build: when it was, what it was called, and hashes that are the engine's own
ANOTHER = {"known_from", "known_until", "judged_at", "plan_id", "previous_plan_id", "link", "email_link", "phone_link"}
# what cannot be equal, or cannot be there, and why; a test holds that nothing else differs, and that each of these does
KNOWN = {
    "staging.stg_load_audit__held_observations": "where the DuckDB file holds each row of the spine",
    "intermediate.int_storage_scattered": "how much of the DuckDB file a window reads",
}
# where `python -m crescendo.spark` writes the rows of a table, and of a view
PLACES = "warehouse/{}.db/{}", "views/{}/{}"
KINDS = {"table", "incremental", "seed", "view"}


@dataclass
class Compared:
    """One relation in both engines. `wrong` says what differs: rows of one engine only, or rows by column."""

    name: str
    rows: int
    wrong: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"{self.rows:>10,}  {self.name}"
        if self.left_out:
            said += f", without {', '.join(self.left_out)}"
        return said + "".join(f"; {count:,} {what}" for what, count in self.wrong.items())


def compare_all(
    connection: duckdb.DuckDBPyConnection, manifest: dict, folder: Path
) -> tuple[list[Compared], dict[str, str]]:
    """Compare every model and seed, and each asked call of a function, with what is in `folder`.

    `folder` is that of `python -m crescendo.spark`. Returns what was compared, and why each of the rest is not there.
    """
    report = json.loads((folder / "report.json").read_text())
    said = {run["name"]: f"{run['status']}: {run['message']}" for run in report["runs"]}
    asked = [(name, places, key, said.get(name.split(".")[-1])) for name, places, key in _relations(manifest)]
    for number, (name, arguments) in enumerate(json.loads((folder / "asked.json").read_text())):
        call = f"{name}({', '.join(map(text, arguments))})"
        asked.append((call, [f"answers/{number}"], [], said.get(name.split(".")[-1])))
    compared, absent = [], {}
    for name, places, key, reason in asked:
        found = [folder / place for place in places if any((folder / place).glob("*.parquet"))]
        if found:
            compared.append(compare(connection, name, name, found[0], key))
        else:
            refused = [report["refused"][place] for place in places if place in report["refused"]]
            absent[name] = (refused or [reason or "it was not asked for"])[0]
    return compared, absent


def functions(manifest: dict) -> dict[str, list[str]]:
    """The table functions of the project and the names of their parameters."""
    nodes = [node for node in manifest["nodes"].values() if node["config"].get("materialized") == "table_function"]
    return {f"{node['schema']}.{node['alias']}": list(node["config"]["parameters"]) for node in nodes}


def _relations(manifest: dict) -> list[tuple[str, list[str], list[str]]]:
    """Name, places and key of each table and view of the project."""
    found = []
    for node in manifest["nodes"].values():
        if node["config"]["materialized"] in KINDS and node["resource_type"] in ("model", "seed"):
            keys = [rule["columns"] for rule in node.get("constraints", ()) if rule["type"] == "primary_key"]
            places = [place.format(node["schema"], node["alias"]) for place in PLACES]
            found.append((f"{node['schema']}.{node['alias']}", places, keys[0] if keys else []))
    return found


def compare(
    connection: duckdb.DuckDBPyConnection, name: str, source: str, folder: Path, key: Iterable[str]
) -> Compared:
    """Compare what DuckDB reads from `source` with the Parquet files in `folder`.

    Rows are matched by `key`, by all columns that are no floats if it is empty; of equal keys the nth with the nth.
    """
    files = f"read_parquet({text(str(folder / '*.parquet'))})"
    ours = dict(connection.execute(f"select column_name, column_type from (describe from {source})").fetchall())
    theirs = dict(connection.execute(f"select column_name, column_type from (describe from {files})").fetchall())
    found = Compared(name, one(connection, f"select count(*) from {source}")[0])
    if ours.keys() != theirs.keys():
        found.wrong["columns of one engine only"] = len(ours.keys() ^ theirs.keys())
        return found
    found.left_out = tuple(column for column in ours if column in ANOTHER or column.endswith("fingerprint"))
    compared = [column for column in ours if column not in found.left_out]
    matched = [column for column in key if column in compared]
    matched = matched or [column for column in compared if ours[column] not in FLOATS]
    rest = [column for column in compared if column not in matched]
    same = " and ".join(f"d.{quoted(column)} is not distinct from s.{quoted(column)}" for column in [*matched, "n"])
    counts = [f"count(*) filter (where d.n is null or s.n is null) as {quoted('rows of one engine only')}"]
    for column in rest:
        differs = _differs(quoted(column), ours[column] in FLOATS)
        counts.append(f"count(*) filter (where d.n = s.n and {differs}) as {quoted(column)}")
    query = f"""
        with d as ({_numbered(source, ours, matched, rest)}), s as ({_numbered(files, ours, matched, rest)})
        select {", ".join(counts)} from d full join s on {same}
    """
    cursor = connection.execute(query)
    names = [item[0] for item in cursor.description or ()]
    found.wrong |= {what: count for what, count in zip(names, cursor.fetchone() or (), strict=True) if count}
    return found


def _numbered(source: str, types: dict[str, str], key: list[str], rest: list[str]) -> str:
    """The columns of a source in DuckDB's types, and which of the rows of its key a row is."""
    columns = ", ".join(f"cast({quoted(column)} as {types[column]}) as {quoted(column)}" for column in [*key, *rest])
    columns = columns or "null"  # where all columns are left out, rows are counted
    within = f"partition by {', '.join(map(quoted, key))}" if key else ""
    order = ", ".join(quoted(column) for column in rest) or "1"
    return f"select *, row_number() over ({within} order by {order}) as n from (select {columns} from {source})"


def _differs(column: str, is_float: bool) -> str:
    mine, other = f"d.{column}", f"s.{column}"
    if not is_float:
        return f"{mine} is distinct from {other}"
    near = f"abs({mine} - {other}) <= {TOLERANCE} * greatest(abs({mine}), abs({other}))"
    return f"{mine} is distinct from {other} and not coalesce({near}, false)"
