"""The compiled models, made in any database: what they rest on may be loaded, or put there by a test."""

from graphlib import TopologicalSorter

import pandas as pd
from conftest import ROOT
from crescendo import builds
from crescendo.ingest import ledger
from crescendo.operations import store


def construct(connection, nodes, wanted=("series_growth",)):
    """Make the wanted models and what they rest on, but for what is already there."""
    connection.execute("set variable mask_key = 'of the tests'")
    ledger.prepare(connection)
    builds.prepare(connection)
    made = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    store.prepare(connection)
    parents, waiting = {}, [*wanted]
    while waiting:
        name = waiting.pop()
        if name not in parents and name not in made:
            parents[name] = [key.split(".")[-1] for key in nodes[name]["depends_on"].get("nodes", [])]
            parents[name] = [parent for parent in parents[name] if parent in nodes]
            waiting += parents[name]
    connection.execute("begin")  # a commit for each of them would wait for the disk as often
    for name in TopologicalSorter(parents).static_order():
        if name not in made:
            node = nodes[name]
            connection.execute(f"create schema if not exists {node['schema']}")
            connection.execute(statement_of(node))
    connection.execute("commit")


def statement_of(node, create="create"):
    """The statement that makes a node; `create` may be 'create or replace'."""
    relation = f"{node['schema']}.{node['name']}"
    if node["resource_type"] == "seed":
        file = ROOT / node["original_file_path"]
        types = node["config"].get("column_types")
        return f"{create} table {relation} as from read_csv('{file}'{f', types = {types}' if types else ''})"
    if node["config"]["materialized"] == "table_function":
        parameters = ", ".join(node["config"]["parameters"])
        return f"{create} function {relation}({parameters}) as table ({node['compiled_code']})"
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"{create} {kind} {relation} as {node['compiled_code']}"


def insert(connection, table, rows):
    frame = pd.DataFrame(rows).astype(object)  # noqa: F841, DuckDB finds it by its name
    connection.execute(f"insert into {table} from frame")


def ask(connection, function, since, until):
    """Rows of a table function as dictionaries."""
    found = connection.execute(f"from metrics.{function}('{since}', '{until}')")
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
