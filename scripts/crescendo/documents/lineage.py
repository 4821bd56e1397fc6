"""Where a column comes from and where it ends up, read from the SQL of the models."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from crescendo.manifest import models

# (schema.table, column)
Place = tuple[str, str]
# a value behind one of these is another value, unless it is one of those
CHANGES = (exp.AggFunc, exp.Predicate, exp.Binary, exp.MD5, exp.DateDiff, exp.Anonymous)
KEEPS = (exp.ArgMax, exp.ArgMin, exp.AnyValue, exp.DPipe, exp.Dot)
# under its own name this picks one of several versions of a value; under another it is a figure
PICKS = (exp.Max, exp.Min)


# what a column of a scope is made from, as far as it is known
Memory = dict[tuple[int, str], set[tuple[Place, bool]]]


@dataclass
class Lineage:
    """`copies` and `reads` lead from a place to the places that hold its value, or something made of it."""

    copies: dict[Place, set[Place]] = field(default_factory=lambda: defaultdict(set))
    reads: dict[Place, set[Place]] = field(default_factory=lambda: defaultdict(set))

    def below(self, place: Place, edges: dict[Place, set[Place]]) -> dict[Place, int]:
        """Every place that edges lead to, with how many steps away it is."""
        found: dict[Place, int] = {}
        fresh, distance = {place}, 0
        while fresh:
            distance += 1
            fresh = {to for at in fresh for to in edges[at]} - found.keys()
            found |= dict.fromkeys(fresh, distance)
        return found


def lineage(manifest: dict) -> Lineage:
    """The lineage of all models whose SQL can be followed, from raw tables on."""
    schema = _schema(manifest)
    found = Lineage()
    for node in models(manifest).values():
        query = sqlglot.parse_one(node["compiled_code"], dialect="duckdb")
        try:
            qualified = qualify(query, dialect="duckdb", schema=schema, validate_qualify_columns=False)
        except SqlglotError:
            continue  # a function of a function: its columns are figures, not fields of a source
        scope = build_scope(qualified)
        if scope is None:
            continue
        memory: Memory = {}
        for column in _query(scope).named_selects:
            for place, copied in _sources(scope, column, memory):
                to = (f"{node['schema']}.{node['name']}", column)
                found.reads[place].add(to)
                if copied:
                    found.copies[place].add(to)
    return found


def _schema(manifest: dict) -> dict[str, object]:
    schema: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["resource_type"] in ("model", "seed", "source") and node["columns"]:
            columns = {name: column["data_type"] or "unknown" for name, column in node["columns"].items()}
            schema[node["schema"]][node["name"]] = columns
    return dict(schema)


def _query(scope: Scope) -> exp.Query:
    return cast(exp.Query, scope.expression)


def _sources(scope: Scope, column: str, memory: Memory) -> set[tuple[Place, bool]]:
    """The places that a column of a query is made from, and whether it holds their very value."""
    key = (id(scope), column)
    if key in memory:
        return memory[key]
    found: set[tuple[Place, bool]] = set()
    memory[key] = found
    if scope.set_operation_scopes:
        position = _query(scope).named_selects.index(column)
        for part in scope.set_operation_scopes:
            found |= _sources(part, _query(part).named_selects[position], memory)
        return found
    chosen = next((item for item in _query(scope).selects if item.alias_or_name == column), None)
    if chosen is None:
        return found
    for used in chosen.find_all(exp.Column):
        source, copied = scope.sources.get(used.table), _is_kept(used, chosen)
        if isinstance(source, Scope):
            found |= {(place, copied and before) for place, before in _sources(source, used.name, memory)}
        elif isinstance(source, exp.Table):
            found.add(((f"{source.db}.{source.name}", used.name), copied))
    return found


def _is_kept(used: exp.Column, chosen: exp.Expr) -> bool:
    """Whether all between a column and the result hands its value on, cleaned or cast at most."""
    keeps = (*KEEPS, *PICKS) if chosen.alias_or_name == used.name else KEEPS
    at: exp.Expr = used
    while at is not chosen and at.parent is not None:
        above = at.parent
        if isinstance(above, exp.If | exp.Case) and at.arg_key != "true" and at.arg_key != "default":
            if not isinstance(at, exp.If):
                return False  # it only decides
        elif isinstance(above, exp.Window | exp.Filter | exp.ArgMax | exp.ArgMin) and at.arg_key != "this":
            return False  # it only sorts or selects
        if isinstance(above, CHANGES) and not isinstance(above, keeps):
            return False
        at = above
    return True
