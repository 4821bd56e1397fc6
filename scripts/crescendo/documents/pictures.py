"""`docs/schema.md`, `docs/schema*.svg` and `docs/schema.sql`: the published tables, drawn and as PostgreSQL."""

import hashlib
import json
import re
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from crescendo.documents.fields import COMMAND
from crescendo.errors import CrescendoError
from crescendo.manifest import Relation
from crescendo.publish import schema as postgres

SPINE = "metrics"
# what answers how fast the songs of the report grow
REPORT = (
    "audience.dim_songs", "audience.bridge_songs_x_artists", "audience.dim_artists", "metrics.dim_subjects",
    "metrics.dim_series", "metrics.dim_metrics", "metrics.dim_platforms", "metrics.fct_observations",
)  # fmt: skip


def schema_page(manifest: dict, relations: list[Relation]) -> str:
    """`docs/schema.md`: an entity-relationship diagram for each domain and for the spine; the functions."""
    tables = _tables(relations)
    lines = ["# The schema", "", COMMAND, ""]
    lines += [
        "As PostgreSQL's DDL: [schema.sql](schema.sql). A line's ends: `||` one, `o|` one or none, `}o` any number."
    ]
    lines += [
        "",
        "## The report",
        "",
        "How fast do its songs grow: eight tables. The same as a picture: [schema.svg](schema.svg).",
    ]
    reported = [table for name in REPORT for table in tables if table.full_name == name]
    lines += ["", "```mermaid", diagram(manifest, reported, tables, "mermaid"), "```"]
    lines += _functions(relations)
    for schema in _schemas(tables):
        own, shown = _domain(schema, tables)
        title = "The metric spine" if schema == SPINE else f"Domain: {schema}"
        lines += ["", f"## {title}", ""]
        if _has_lines(shown):
            lines += [f"The keys alone, as a picture: [{_picture(schema)}]({_picture(schema)}).", ""]
        lines += ["```mermaid", diagram(manifest, shown, tables, "mermaid"), "```", ""]
        lines += [f"- `{table.full_name}`: {table.description}" for table in own]
        lines += _alone(manifest, own, tables)
    return "\n".join(lines) + "\n"


def _functions(relations: list[Relation]) -> list[str]:
    """The table functions that people ask, with their arguments and columns."""
    asked = [one for one in relations if one.kind == "function" and not one.is_helper]
    lines = ["", "## The functions", "", "Each answers for the days after its first and up to its last.", ""]
    for one in sorted(asked, key=lambda one: one.full_name):
        columns = ", ".join(one.columns)
        lines += [f"- `{one.full_name}({', '.join(one.parameters)})`: {one.description}", f"  Columns: {columns}."]
    return lines


def dots(manifest: dict, relations: list[Relation]) -> dict[str, str]:
    """The name of each picture, and its tables in Graphviz's language: the report whole, of each domain the keys."""
    tables = _tables(relations)
    reported = [table for table in tables if table.full_name in REPORT]
    made = {"schema.svg": diagram(manifest, reported, tables, "graphviz")}
    for schema in _schemas(tables):
        _own, shown = _domain(schema, tables)
        if _has_lines(shown):
            keys = [_keys_of(table, shown) for table in shown]
            made[_picture(schema)] = diagram(manifest, keys, tables, "graphviz")
    return made


def _schemas(tables: list[Relation]) -> list[str]:
    """The domains, and last the spine that they meet in."""
    return sorted(postgres.schemas(tables), key=lambda name: (name == SPINE, name))


def _has_lines(shown: list[Relation]) -> bool:
    return any(_refers(one, other) for one in shown for other in shown)


def _picture(schema: str) -> str:
    return f"schema_{schema}.svg"


def _domain(schema: str, tables: list[Relation]) -> tuple[list[Relation], list[Relation]]:
    """The tables of a domain, and those with what they refer to."""
    own = [table for table in tables if table.schema == schema]
    return own, [table for table in tables if table in own or any(_refers(other, table) for other in own)]


def _keys_of(table: Relation, shown: list[Relation]) -> Relation:
    """A table with the columns alone that are keys, or that the tables shown refer to: a page holds no more."""
    kept = {*table.primary_key, *table.grain, *(key.column for key in table.foreign_keys)}
    kept |= {key.to_column for other in shown for key in other.foreign_keys if key.to == table.unique_id}
    return replace(table, columns={name: column for name, column in table.columns.items() if name in kept})


def _alone(manifest: dict, own: list[Relation], tables: list[Relation]) -> list[str]:
    """The tables of a domain that have no line in any picture, and what each is made from."""
    referred = {key.to for table in tables for key in table.foreign_keys}
    alone = [table for table in own if not table.foreign_keys and table.unique_id not in referred]
    if not alone:
        return []
    lines = [
        "",
        "These have no line: they are sums, lists and working tables, and no column of theirs is tested to refer to one"
        " table. Each is made from:",
        "",
    ]
    for table in alone:
        of = ", ".join(f"`{name}`" for name in _made_from(manifest, table, tables)) or "a seed or raw tables alone"
        lines.append(f"- `{table.full_name}`: {of}{'; read by others, people need not' if table.is_helper else ''}")
    return lines


def _made_from(manifest: dict, table: Relation, tables: list[Relation]) -> list[str]:
    """The nearest published tables above a table."""
    names = {other.unique_id: other.full_name for other in tables}
    found, seen, waiting = set(), set(), list(manifest["nodes"][table.unique_id]["depends_on"]["nodes"])
    while waiting:
        uid = waiting.pop()
        if uid in names:
            found.add(names[uid])
        elif uid not in seen:
            waiting += manifest["nodes"].get(uid, {}).get("depends_on", {}).get("nodes", [])
        seen.add(uid)
    return sorted(found)


def schema_svg(dot: str) -> str:
    """The picture of a Graphviz text, with the text's sha256 inside, so that whether it is stale needs no Graphviz.

    Raises CrescendoError if Graphviz is not installed.
    """
    try:
        drawn = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True).stdout  # noqa: S607
    except FileNotFoundError:
        raise CrescendoError(
            "a picture in docs/ is stale, and drawing it needs Graphviz:"
            " `apt-get install graphviz` (or `brew install graphviz`), then `crescendo docs`"
        ) from None
    return drawn.replace("<svg ", f"<!-- {mark(dot)} -->\n<svg ", 1)


def mark(dot: str) -> str:
    """What a picture of this Graphviz text has in it."""
    return f"drawn from sha256 {hashlib.sha256(dot.encode()).hexdigest()}"


def schema_sql(relations: list[Relation]) -> str:
    """`docs/schema.sql`: what makes the published schema in an empty PostgreSQL 15."""
    made = postgres.statements(relations)
    parts = {
        "Who may read: grant this role to people and dashboards": [postgres.reader_role()],
        "Tables": made.tables,
        "Keys, indexes with their reasons, and what each column means": made.keys,
        "Views and growth functions, and the right to read": made.views,
    }
    lines = [f"-- {COMMAND}", "-- PostgreSQL 15 or later: psql --single-transaction --file docs/schema.sql"]
    for title, statements in parts.items():
        lines += ["", f"-- {title}", "", *(f"{statement};" for statement in statements)]
    return "\n".join(lines) + "\n"


def _tables(relations: list[Relation]) -> list[Relation]:
    return [relation for relation in relations if relation.kind == "table"]


def _refers(one: Relation, other: Relation) -> bool:
    return any(key.to == other.unique_id for key in one.foreign_keys)


def diagram(manifest: dict, shown: list[Relation], tables: list[Relation], target: str) -> str:
    """The tables drawn by dbterd, with the keys that published tables have, and the types that their YAML declares."""
    from dbterd.api import DbtErd  # slow to import

    by_id = {table.unique_id: table for table in [*tables, *shown]}
    nodes, catalog = {}, {}
    for table in shown:
        keys = [{"type": "primary_key", "columns": list(table.primary_key)}] if table.primary_key else []
        for key in table.foreign_keys:
            if by_id[key.to] in shown:
                to = f"ref('{by_id[key.to].name}')"
                keys.append({"type": "foreign_key", "columns": [key.column], "to": to, "to_columns": [key.to_column]})
        node = manifest["nodes"][table.unique_id]
        declared = {name: column for name, column in node["columns"].items() if name in table.columns}
        columns = {name: column | {"constraints": []} for name, column in declared.items()}
        nodes[table.unique_id] = node | {"constraints": keys, "columns": columns, "description": ""}
        catalog[table.unique_id] = _in_catalog(table)
    small = {name: value if name == "metadata" else type(value)() for name, value in manifest.items()} | {
        "nodes": nodes
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "manifest.json").write_text(json.dumps(small))
        version = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}
        Path(folder, "catalog.json").write_text(
            json.dumps({"metadata": version, "nodes": catalog, "sources": {}, "errors": None})
        )
        drawn = DbtErd(
            artifacts_dir=Path(folder),
            target=target,
            algo="model_contract",
            resource_type=["model"],
            entity_name_format="schema.table",
        ).get_erd()
    for table in shown:  # dbterd shouts in Mermaid
        drawn = re.sub(f'"{re.escape(table.full_name)}"', f'"{table.full_name}"', drawn, flags=re.IGNORECASE)
    if target == "mermaid":
        drawn = _with_cardinalities(drawn, {table.full_name: table for table in shown})
    return drawn.rstrip()


def _with_cardinalities(drawn: str, tables: dict[str, Relation]) -> str:
    """The lines with how many rows stand at each end: dbterd draws them all alike."""

    def line(found: re.Match) -> str:
        child, parent, column, other = found.groups()
        table, column = tables[child], other or column  # the parent's column first, if they differ
        alone = [index.columns for index in table.indexes if index.unique] + [table.primary_key]
        many = "|o" if (column,) in alone else "}o"
        one = "||" if column in (*table.primary_key, *table.not_null) else "o|"
        return f'"{child}" {many}--{one} "{parent}": {column}'

    return re.sub(r'"([^"]+)" \S+--\S+ "([^"]+)": (\w+)(?:--(\w+))?', line, drawn)


def _in_catalog(table: Relation) -> dict:
    """A table as dbt's catalog has it."""
    return {
        "unique_id": table.unique_id,
        "metadata": {"type": "BASE TABLE", "schema": table.schema, "name": table.name},
        "columns": {
            column.name: {"name": column.name, "type": column.type, "index": number}
            for number, column in enumerate(table.columns.values())
        },
        "stats": {},
    }
