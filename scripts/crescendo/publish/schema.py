"""The published relations in PostgreSQL's words: one list of statements that documents show and publishing runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from crescendo.manifest import Index, Relation
from crescendo.warehouse import quoted, text

TYPES = {"varchar": "text", "double": "double precision", "float": "real", "hugeint": "numeric(38)", "blob": "bytea"}
# functions that have the same meaning under another name; `error` is one that we make
FUNCTIONS = {"list_position": "array_position", "error": "{schema}.error"}
READER = "crescendo_reader"
# PostgreSQL cuts longer names, with a notice
LONGEST_NAME = 63


@dataclass
class Statements:
    """DDL in the order it runs: `tables` before the rows come, `keys` after, `views` once tables have their names."""

    tables: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)


def statements(relations: list[Relation], schema_of: Callable[[str], str] = str) -> Statements:
    """All that makes the relations in PostgreSQL 15 or later; `schema_of` is what a schema is called while it is built.

    Views and functions read the final schemas, whatever `schema_of` says.
    """
    made = Statements()
    tables = [relation for relation in relations if relation.kind == "table"]
    columns = {relation.full_name: list(relation.columns) for relation in relations}
    named = {relation.unique_id: f"{schema_of(relation.schema)}.{relation.name}" for relation in relations}
    made.tables += [f"create schema {schema_of(name)}" for name in schemas(relations)]
    made.tables += [_table(relation, named[relation.unique_id]) for relation in tables]
    for relation in tables:
        name = named[relation.unique_id]
        if relation.primary_key:
            made.keys.append(f"alter table {name} add primary key ({_list(relation.primary_key)})")
    for relation in tables:
        name = named[relation.unique_id]
        made.keys += [line for index in relation.indexes for line in _index(relation, index, name)]
        for key in relation.foreign_keys:
            refers = f"foreign key ({quoted(key.column)}) references {named[key.to]} ({quoted(key.to_column)})"
            made.keys.append(f"alter table {name} add {refers}")
        made.keys += _comments(relation, "table", name)
    for relation in relations:
        if relation.kind == "view":
            made.views.append(f"create view {relation.full_name} as\n{translated(relation, columns)}")
            made.views += _comments(relation, "view", relation.full_name)
        elif relation.kind == "function":
            made.views += _function(relation, columns)
    made.views += _grants(relations)
    return made


def schemas(relations: list[Relation]) -> list[str]:
    """The schemas of the relations, sorted."""
    return sorted({relation.schema for relation in relations})


def postgres_type(kind: str) -> str:
    """PostgreSQL's name of a DuckDB type."""
    return TYPES.get(kind, kind)


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(quoted(column) if column.isidentifier() else column for column in columns)


def _table(relation: Relation, name: str) -> str:
    lines = []
    for column in relation.columns.values():
        required = " not null" if column.name in {*relation.primary_key, *relation.not_null} else ""
        lines.append(f"{quoted(column.name)} {postgres_type(column.type)}{required}")
    lines += [f"check ({check})" for check in relation.checks]
    return f"create table {name} (\n    " + ",\n    ".join(lines) + "\n)"


def _index(relation: Relation, index: Index, table: str) -> list[str]:
    words = "_".join(column if column.isidentifier() else "unique" for column in index.columns)
    name = f"{relation.name}_{words}_index"[:LONGEST_NAME]
    unique = "unique " if index.unique else ""
    method = "" if index.method == "btree" else f" using {index.method}"
    schema = table.split(".")[0]
    return [
        f"create {unique}index {name} on {table}{method} ({_list(index.columns)})",
        f"comment on index {schema}.{name} is {text(index.why[0].upper() + index.why[1:] + '.')}",
    ]


def _comments(relation: Relation, kind: str, name: str) -> list[str]:
    said = [f"comment on {kind} {name} is {text(relation.description)}"] if relation.description else []
    return said + [
        f"comment on column {name}.{quoted(column.name)} is {text(column.description)}"
        for column in relation.columns.values()
        if column.description and kind != "function"
    ]


def _grants(relations: list[Relation]) -> list[str]:
    names = ", ".join(schemas(relations))
    return [
        f"grant usage on schema {names} to {READER}",
        f"grant select on all tables in schema {names} to {READER}",
        f"grant execute on all functions in schema {names} to {READER}",
    ]


def reader_role() -> str:
    """The statement that makes the role that dashboards read with, if it is missing."""
    return (
        f"do $$ begin\n    if not exists (select from pg_roles where rolname = '{READER}') then\n"
        f"        create role {READER} nologin;\n    end if;\nend $$"
    )


# --- queries ---------------------------------------------------------------------------------------------------


def translated(relation: Relation, columns: dict[str, list[str]]) -> str:
    """A view's or function's query in PostgreSQL's dialect; a function's parameters become $1, $2.

    Parameters are read as DuckDB reads them: an unqualified column of that name is the parameter. `columns` are those
    of all relations, by full name.
    """
    query = sqlglot.parse_one(relation.sql, dialect="duckdb")
    for column in query.find_all(exp.Column):
        if not column.table and column.name in relation.parameters:
            column.replace(exp.Parameter(this=exp.Literal.number(relation.parameters.index(column.name) + 1)))
    _spell_out_groups(query)
    _spell_out_exceptions(query, columns)
    for call in [*query.find_all(exp.ArgMax), *query.find_all(exp.ArgMin)]:
        _pick_first(call)
    for other in query.find_all(exp.Anonymous):
        renamed = FUNCTIONS.get(other.name.lower())
        if renamed:
            other.set("this", renamed.format(schema=relation.schema))
    return query.sql(dialect="postgres", pretty=True, comments=False, normalize_functions=False)


def _spell_out_groups(query: exp.Expr) -> None:
    """`group by all` is by every column that is not an aggregate."""
    for scope in traverse_scope(query):
        group = scope.expression.args.get("group")
        if group and group.args.get("all"):
            plain = [item.unalias() for item in _items(scope) if not item.find(exp.AggFunc)]
            scope.expression.set("group", exp.Group(expressions=[item.copy() for item in plain]) if plain else None)


def _spell_out_exceptions(query: exp.Expr, columns: dict[str, list[str]]) -> None:
    """`* exclude (a)`, which PostgreSQL lacks, is every other column by name."""
    for scope in traverse_scope(query):
        items: list[exp.Expr] = []
        for item in scope.expression.selects if isinstance(scope.expression, exp.Select) else ():
            star = item.this if isinstance(item, exp.Column) else item
            left_out = star.args.get("except_") or star.args.get("except") if isinstance(star, exp.Star) else None
            if left_out:
                names = {column.name for column in left_out}
                items += [
                    exp.column(name, table) for table, name in _starred(scope, item, columns) if name not in names
                ]
            else:
                items.append(item)
        if items:
            scope.expression.set("expressions", items)


def _starred(scope: Scope, star: exp.Expr, columns: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The (table, column) pairs that a star in a query means."""
    found = []
    for table, (_, source) in scope.selected_sources.items():
        if isinstance(star, exp.Column) and star.table != table:
            continue
        if isinstance(source, exp.Table):  # a table, or a call of a table function
            names = columns[f"{source.db}.{source.this.name}"]
        else:
            names = _outputs(source, columns)
        found += [(table, name) for name in names]
    return found


def _items(scope: Scope) -> list[exp.Expr]:
    return cast(exp.Query, scope.expression).selects


def _outputs(scope: Scope, columns: dict[str, list[str]]) -> list[str]:
    """The names of a query's columns."""
    if scope.set_operation_scopes:
        return _outputs(scope.set_operation_scopes[0], columns)
    names = []
    for item in _items(scope):
        is_star = isinstance(item.this if isinstance(item, exp.Column) else item, exp.Star)
        names += [name for _, name in _starred(scope, item, columns)] if is_star else [item.alias_or_name]
    return names


def _pick_first(call: exp.AggFunc) -> None:
    """`max_by(value, key)`, which PostgreSQL lacks, is the first of all values in the order of their keys."""
    value, key = call.this, call.expression
    condition = exp.and_(exp.not_(value.copy().is_(exp.null())), exp.not_(key.copy().is_(exp.null())))
    replaced: exp.Expr = call
    if isinstance(call.parent, exp.Filter):
        replaced = call.parent
        condition = exp.and_(condition, replaced.expression.this.copy())
    order = exp.Order(this=value.copy(), expressions=[exp.Ordered(this=key.copy(), desc=isinstance(call, exp.ArgMax))])
    picked = exp.Filter(this=exp.ArrayAgg(this=order), expression=exp.Where(this=condition))
    replaced.replace(exp.Bracket(this=exp.Paren(this=picked), expressions=[exp.Literal.number(1)], offset=1))


def _function(relation: Relation, known: dict[str, list[str]]) -> list[str]:
    """A SQL function that PostgreSQL can merge into the query that calls it, so that a filter on it stays cheap."""
    # a parameter may not have the name of a column of the result
    names = [f"in_{name}" if name in relation.columns else name for name in relation.parameters]
    types = ["date" if name.endswith("_date") else "text" for name in names]  # DuckDB's parameters have no type
    parameters = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    columns = list(relation.columns.values())
    result = ",\n    ".join(f"{quoted(column.name)} {postgres_type(column.type)}" for column in columns)
    cast = ",\n    ".join(f"cast({quoted(column.name)} as {postgres_type(column.type)})" for column in columns)
    made = []
    query = translated(relation, known)
    if f"{relation.schema}.error(" in query:
        made.append(
            f"create or replace function {relation.schema}.error(message text) returns boolean language plpgsql as\n"
            "$$ begin raise exception '%', message; end $$"
        )
    signature = f"{relation.full_name}({', '.join(types)})"
    return [
        *made,
        f"create function {relation.full_name}({parameters}) returns table (\n    {result}\n)"
        f" language sql stable as $$\nselect\n    {cast}\nfrom (\n{query}\n) as result\n$$",
        f"comment on function {signature} is {text(relation.description)}",
    ]
