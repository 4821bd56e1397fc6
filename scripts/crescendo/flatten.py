"""From a declaration to DuckDB SQL. Pure functions: no input, no output, no connection.

The rules of flattening:

1. a leaf becomes a column; 2. an object's leaves join the row that holds it, under its name; 3. a list of objects
becomes a child table, one row each, with `_parent_row_id` and `_index` (from 1); 4. a list of plain values likewise,
with one column; 5. an object whose keys are data becomes rows, its key in a column; 6. a row's id is the md5 of what
was sent (of its parent's id and its place, for a child), so the same record has the same id in every load.

How a text is trusted. DuckDB's typed JSON reader is fast and forgiving: 1.9 becomes 2, `true` becomes 1, an unknown
key vanishes. So each text has to pass one of two checks before its typed reading is believed:

- *certificate*: the text is exactly as long as its typed values written canonically (with or without spaces after
  commas and colons, absent keys left out or written as null). A longer text holds something else. Nearly free.
- *inspection*: the keys of every object and the JSON type of every leaf are listed and compared with the
  declaration. An unknown key alone is no obstacle: it is reported, the rest is read.

What passes neither is read again, value by value, by `careful.py`, which names what is wrong and where.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from crescendo.shapes import KINDS, Document, Dropped, Entries, Field, Group, Node, Rows, Values
from crescendo.warehouse import quoted, text

# JSON types, in DuckDB's words, that a leaf's typed reading turns into the right value
TRUSTED_TYPES = {
    "text": ("VARCHAR", "UBIGINT", "BIGINT"),
    "day": ("VARCHAR",),
    "count": ("UBIGINT",),
    "integer": ("UBIGINT", "BIGINT"),
    "number": ("UBIGINT", "BIGINT", "DOUBLE"),
    "flag": ("BOOLEAN",),
}
# text of a scalar column that its cast turns into the right value
TRUSTED_SCALARS = {
    "day": r"\d{4}-\d{2}-\d{2}([T ].*)?",
    "count": r"\d{1,18}",
    "integer": r"-?\d{1,18}",
    "number": r"-?\d+(\.\d+)?([eE][-+]?\d{1,2})?",
    "flag": r"true|false",
}
# a day as Soundcharts writes it, quotes included; one written otherwise is inspected
DAY_LENGTH = len('"2024-04-29T00:00:00+00:00"')
LOADER_COLUMNS = {"_row_id": "UUID", "_index": "BIGINT", "_file_id": "BIGINT", "_load_id": "BIGINT"}


@dataclass
class RawTable:
    """A raw table: its columns with types, in order, and the statement that fills it from the stage."""

    name: str
    columns: dict[str, str]
    parent: str
    insert: str

    @property
    def is_root(self) -> bool:
        """Whether the table holds the records themselves."""
        return not self.parent


@dataclass
class Accounts:
    """SQL terms, summed over a text's objects: what their canonical text needs.

    `lists` holds named intermediate lists by layer, so that each is made once.
    """

    number: int
    lists: list[list[str]] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)
    commas: list[str] = field(default_factory=list)
    colons: list[str] = field(default_factory=list)
    null_characters: list[str] = field(default_factory=list)
    null_keys: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    valid: list[str] = field(default_factory=list)

    def named(self, layer: int, sql: str) -> str:
        """The column that holds a list, added to its layer."""
        while len(self.lists) <= layer:
            self.lists.append([])
        name = f"l{self.number}_{sum(map(len, self.lists))}"
        self.lists[layer].append(f"{sql} as {name}")
        return name


def json_roots(document: Document) -> list[Node]:
    """The parts of a document that arrive as JSON text: its nested columns, or the whole page."""
    if document.layout == "page":
        return [Group("$", document.fields, required=True)]
    return [node for node in document.fields if not isinstance(node, Field)]


def scalars(document: Document) -> list[Field]:
    """The leaf columns of a table-shaped document, or what a page was asked for."""
    if document.layout == "page":
        return [Field(f"asked_{fact}") for fact in document.facts]
    return [node for node in document.fields if isinstance(node, Field)]


def text_columns(document: Document) -> list[str]:
    """The keys whose text the stage reads."""
    return [node.key for node in [*scalars(document), *json_roots(document)]]


def typed(node: Node) -> str:
    """The DuckDB type a node's JSON is read into. Numbers and optional days stay text, so that bad ones are seen."""
    match node:
        case Field():
            return (
                "VARCHAR" if node.kind == "number" or (node.kind == "day" and not node.required) else KINDS[node.kind]
            )
        case Dropped():
            return "JSON"
        case Group():
            return _struct(node.fields)
        case Rows():
            return f"{_struct(node.fields)}[]"
        case Values():
            return f"{typed(node.value)}[]"
        case Entries():
            return f"MAP(VARCHAR, {_struct(node.fields)})"


def _struct(fields: tuple[Node, ...]) -> str:
    return "STRUCT(" + ", ".join(f"{quoted(node.key)} {typed(node)}" for node in fields) + ")"


def read_typed(expression: str, node: Node) -> str:
    """Read JSON text into a node's type; null where it is not JSON of that form."""
    return f"try(from_json({expression}, {text(json.dumps(typed(node)))}))"


# --- certificate -----------------------------------------------------------------------------------------------


def _each(items: str, expression: str) -> str:
    return f"list_transform({items}, lambda x: {expression})"


def _total(items: str, expression: str) -> str:
    return f"coalesce(list_sum({_each(items, expression)}), 0)"


def _account_objects(items: str, count: str, fields: tuple[Node, ...], layer: int, into: Accounts) -> None:
    """Add what the objects in the list `items` (an SQL expression of `count` structs) write."""
    into.characters.append(f"2 * {count}")
    into.commas.append(f"- {count}")
    for node in fields:
        values = into.named(layer, _each(items, f"x.{quoted(node.key)}"))
        present = f"list_count({values})"
        name_length = len(json.dumps(node.key, ensure_ascii=False).encode())
        into.characters.append(f"{name_length} * {present}")
        into.commas.append(present)
        into.colons.append(present)
        into.null_keys.append(f"{count} - {present}")
        into.null_characters.append(f"{name_length + 4} * ({count} - {present})")
        if node.required:
            into.valid.append(f"{present} = {count}")
        match node:
            case Field():
                _account_leaf(values, present, node, into)
            case Dropped():  # known only as long as it is written without spaces
                into.characters.append(_total(values, "strlen(x::varchar)"))
            case Group():
                inner = into.named(layer + 1, f"list_filter({values}, lambda x: x is not null)")
                _account_objects(inner, present, node.fields, layer + 2, into)
            case Rows() | Values():
                into.characters.append(f"2 * {present}")
                into.commas.append(_total(values, "greatest(len(x) - 1, 0)"))
                inner = into.named(layer + 1, f"flatten({values})")
                _account_items(node, inner, layer + 2, into)
            case Entries():
                into.characters.append(f"2 * {present}")
                maps = into.named(layer + 1, f"list_filter({values}, lambda x: x is not null)")
                into.commas.append(_total(maps, "greatest(cardinality(x) - 1, 0)::bigint"))
                _account_entries(
                    into.named(layer + 2, f"flatten({_each(maps, 'map_keys(x)')})"),
                    into.named(layer + 2, f"flatten({_each(maps, 'map_values(x)')})"),
                    node,
                    layer + 3,
                    into,
                )


def _account_entries(keys: str, values: str, node: Entries, layer: int, into: Accounts) -> None:
    into.characters.append(_total(keys, "strlen(x) + 2"))
    into.colons.append(f"len({keys})")
    _account_objects(values, f"len({values})", node.fields, layer, into)


def _account_items(node: Rows | Values, items: str, layer: int, into: Accounts) -> None:
    if isinstance(node, Rows):
        _account_objects(items, f"len({items})", node.fields, layer, into)
    else:
        _account_leaf(items, f"list_count({items})", node.value, into)
        into.uncertain.append(f"list_count({items}) <> len({items})")


def _account_leaf(values: str, present: str, leaf: Field, into: Accounts) -> None:
    match leaf.kind:
        case "json":
            into.uncertain.append(f"{present} > 0")
        case "text":
            into.characters.append(_total(values, "strlen(x) + 2"))
        case "day" if leaf.required:
            into.characters.append(f"{DAY_LENGTH} * {present}")
        case "day":
            into.characters.append(_total(values, "strlen(x) + 2"))
            into.valid.append(f"list_count({_each(values, 'try_cast(left(x, 10) as date)')}) = {present}")
        case "count":
            into.characters.append(_total(values, "strlen(x::varchar)"))
            into.uncertain.append(f"coalesce(list_min({values}), 0) < 0")
        case "integer" | "flag":
            into.characters.append(_total(values, "strlen(x::varchar)"))
        case "number":  # kept as text, which tells 0 from 0.0, true from 1 and NaN from null
            into.characters.append(_total(values, "strlen(x)"))
            into.valid.append(f"list_count({_each(values, 'try_cast(x as double)')}) = {present}")
            into.valid.append(
                f"list_bool_and({_each(values, 'isfinite(try_cast(x as double))')}) is distinct from false"
            )


def _accounts(root: Node, number: int) -> Accounts:
    into, column = Accounts(number), f"j{number}"
    match root:
        case Rows() | Values():
            into.characters.append("2")
            into.commas.append(f"greatest(len({column}) - 1, 0)")
            _account_items(root, column, 0, into)
        case Group():
            _account_objects(f"[{column}]", "1", root.fields, 0, into)
        case Entries():
            into.characters.append("2")
            into.commas.append(f"greatest(cardinality({column})::bigint - 1, 0)")
            keys = into.named(0, f"map_keys({column})")
            _account_entries(keys, into.named(0, f"map_values({column})"), root, 1, into)
    return into


def _sum(terms: list[str]) -> str:
    return " + ".join(f"({term})" for term in terms) or "0"


def accounts(root: Node, number: int) -> tuple[list[list[str]], str]:
    """SQL columns for a typed reading `j<number>`: what its canonical text is made of.

    Returns layers of named lists, each built from those before it, and the columns over them. `p`: characters
    without commas and colons; `m`: commas and colons; `q` and `n`: characters and keys to add where absent keys are
    written as null; `v`: what is required is there and every day is a day; `b`: the reading can be believed if the
    length agrees.
    """
    sums = _accounts(root, number)
    columns = {
        "p": _sum(sums.characters),
        "m": _sum(sums.commas + sums.colons),
        "q": _sum(sums.null_characters),
        "n": _sum(sums.null_keys),
        "v": " and ".join([f"j{number} is not null", *sums.valid]),
        "b": " and ".join(f"not ({term})" for term in sums.uncertain) or "true",
    }
    return sums.lists, ", ".join(f"{sql} as {name}{number}" for name, sql in columns.items())


def certificate(number: int, text_column: str) -> str:
    """SQL condition over `accounts`: the typed reading of a text is all that the text says."""
    p, m, q, n = (f"{name}{number}" for name in "pmqn")
    # k: a comma or a colon alone, or with a space behind it
    lengths = [length for k in (1, 2) for length in (f"{p} + {k} * {m}", f"{p} + {q} + {k} * ({m} + 2 * {n})")]
    return f"({text_column} is null or (v{number} and b{number} and strlen({text_column}) in ({', '.join(lengths)})))"


# --- inspection ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ObjectPath:
    """Where objects are in a text, and what each of them may hold: key -> trusted JSON types (empty: any key)."""

    path: str
    members: tuple[tuple[str, tuple[str, ...]], ...]


def object_paths(root: Node) -> list[ObjectPath]:
    """Every place in a text where the declaration expects objects."""
    match root:
        case Group() | Entries():
            return list(_object_paths(root, "$"))
        case Rows():
            return list(_objects(root.fields, "$[*]"))
        case Values():
            return []


def _object_paths(node: Node, path: str) -> Iterator[ObjectPath]:
    match node:
        case Group():
            yield from _objects(node.fields, path)
        case Rows():
            yield from _objects(node.fields, f"{path}[*]")
        case Entries():
            yield ObjectPath(path, ())
            yield from _objects(node.fields, f"{path}.*")
        case _:
            return


def _objects(fields: tuple[Node, ...], path: str) -> Iterator[ObjectPath]:
    yield ObjectPath(path, tuple((node.key, container_types(node)) for node in fields))
    for node in fields:
        yield from _object_paths(node, f"{path}.{json.dumps(node.key, ensure_ascii=False)}")


def container_types(node: Node) -> tuple[str, ...]:
    """The JSON types, in DuckDB's words, under which a node is read right."""
    match node:
        case Dropped() | Field(kind="json"):
            return ()
        case Field():
            return (*TRUSTED_TYPES[node.kind], "NULL")
        case Rows() | Values():
            return ("ARRAY", "NULL")
        case _:
            return ("OBJECT", "NULL")


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(text(value) for value in values) + "]"


def inspection(root: Node, number: int) -> tuple[list[str], str, str]:
    """How a text `x<number>` that is not certified is looked at.

    Returns SQL columns with the keys found at each place; and over them the keys nobody declared, as a list of paths,
    and whether the typed reading is right without them.
    """
    column = f"x{number}"
    found, unknown, trusted = [], [], [f"v{number}", f"json_type({column}) = {text(container_types(root)[0])}"]
    for place in object_paths(root):
        if not place.members:
            continue  # the typed reading refuses a map that names a key twice
        many = "*" in place.path
        keys = f"k{number}_{len(found)}"
        all_keys = f"json_keys({column}, {text(place.path)})"
        found.append(f"{all_keys if many else f'[{all_keys}]'} as {keys}")
        trusted.append(f"len(list_filter({keys}, lambda k: len(k) <> len(list_distinct(k)))) = 0")
        known = _list(tuple(key for key, _ in place.members))
        unknown.append(
            f"list_transform(list_filter(list_distinct(flatten({keys})), lambda k: not list_contains({known}, k)),"
            f" lambda k: {text(place.path + '.')} || k)"
        )
        if many:
            types = f"list_distinct(json_type({column}, {text(place.path)}))"
            trusted.append(f"coalesce({types} = ['OBJECT'] or len({types}) = 0, true)")
        for key, types in place.members:
            if not types:
                continue
            path = text(f"{place.path}.{json.dumps(key, ensure_ascii=False)}")
            types_found = f"json_type({column}, {path})"
            types_found = f"list_distinct({types_found})" if many else f"[coalesce({types_found}, 'NULL')]"
            trusted.append(f"len(list_filter({types_found}, lambda k: not list_contains({_list(types)}, k))) = 0")
    if isinstance(root, Values) and container_types(root.value):
        types = _list(container_types(root.value))
        types_found = f"list_distinct(json_type({column}, '$[*]'))"
        trusted.append(f"len(list_filter({types_found}, lambda k: not list_contains({types}, k))) = 0")
    # 19 digits may be more than 64 bits hold, and NaN counts as a number
    trusted.append(f"not regexp_matches({column}, '[0-9]{{19}}|NaN|Inf')")
    return found, (" || ".join(unknown) or "[]"), " and ".join(trusted)


# --- the stage -------------------------------------------------------------------------------------------------


def stage(document: Document, relation: str, columns: dict[str, str], broken: str, unknown: str) -> str:
    """The statement that reads one batch of files into the temporary table `stage`, one row per record, in order.

    `relation` is the SQL of a table function with a column `filename`; `columns` maps declared keys to expressions
    over it (a key that is not sent is left out); `broken` is the record's text where it is no JSON, else null;
    `unknown` the record's own keys that nobody declared, as a list. Stage columns: `filename`, `_row_id`, `_broken`,
    `_unknown`, `_scalars_clean`, `_certain`; per scalar `r<i>` (its text); per JSON root `j<i>` (typed), `n<i>` (its
    rows in child tables) and `x<i>` (its text, kept only where it is not certified).
    """
    keys = text_columns(document)
    sent = {key: f"nullif({columns[key]}, '')" if key in columns else "null::varchar" for key in keys}
    roots = list(enumerate(json_roots(document)))
    fields = list(enumerate(scalars(document)))
    position = {key: f"t{number}" for number, key in enumerate(keys)}
    read = ", ".join(f"{expression} as {position[key]}" for key, expression in sent.items())
    # a long text counts by its own md5, so that it is not copied
    own = [position[node.key] for _, node in fields]
    own += [f"md5({position[node.key]})" for _, node in roots]
    identity = ", ".join(f"coalesce({column}, '')" for column in own)
    parsed = ", ".join(f"{read_typed(position[node.key], node)} as j{number}" for number, node in roots)
    lists, sums = zip(*(accounts(node, number) for number, node in roots), strict=True) if roots else ((), ())
    layers = [list(chain.from_iterable(layer)) for layer in zip_longest(*lists, fillvalue=[])]
    accounted, before = "", "parsed"
    for number, layer in enumerate([*layers, list(sums)]):
        accounted += f"accounts{number} as (select {', '.join(['*', *layer])} from {before}),\n"
        before = f"accounts{number}"
    certified = [f"{certificate(number, position[node.key])} as c{number}" for number, node in roots]
    scalars_clean = " and ".join(scalar_is_clean(position[node.key], node) for _, node in fields) or "true"
    certain = " and ".join(f"c{number}" for number, _ in roots) or "true"
    counted = ", ".join(f"{_rows_of(node, f'j{number}')} as n{number}" for number, node in roots)
    kept = [f"v{number}, case when not c{number} then {position[node.key]} end as x{number}" for number, node in roots]
    shown = [f"{position[node.key]} as r{number}" for number, node in fields]
    columns_out = ", ".join([*shown, *(f"j{number}" for number, _ in roots), *kept])
    parsed = f", {parsed}" if parsed else ""
    counted = f", {counted}" if counted else ""
    return f"""create or replace temp table stage as
with sent as (select filename, {broken} as _broken, {unknown} as _unknown, {read} from {relation}),
parsed as (select *, md5(concat_ws(chr(31), {identity}))::uuid as _row_id{parsed} from sent),
{accounted}certified as (select {", ".join(["*", *certified])} from {before})
select filename, _row_id, _broken, _unknown, {columns_out}{counted},
    {scalars_clean} as _scalars_clean, {certain} as _certain
from certified"""


def scalar_is_clean(column: str, node: Field) -> str:
    """SQL condition: a scalar's text casts to its kind."""
    present = "false" if node.required else "true"
    if node.kind == "text":
        return f"({column} is not null)" if node.required else "true"
    castable = f"regexp_full_match({column}, {text(TRUSTED_SCALARS[node.kind])})"
    if node.kind == "day":
        castable += f" and try_cast(left({column}, 10) as date) is not null"
    return f"coalesce({castable}, {present})"


def _rows_of(node: Node, value: str) -> str:
    match node:
        case Field() | Dropped():
            return "0"
        case Values():
            return f"coalesce(len({value}), 0)"
        case Group():
            inner = [_rows_of(child, f"{value}.{quoted(child.key)}") for child in node.fields]
            return _sum([term for term in inner if term != "0"])
        case Rows():
            return _rows_in(node.fields, f"coalesce(len({value}), 0)", value, "x")
        case Entries():
            return _rows_in(node.fields, f"coalesce(cardinality({value}), 0)", f"map_values({value})", "x")


def _rows_in(fields: tuple[Node, ...], own: str, items: str, name: str) -> str:
    # an inline Entries makes one row of each of its keys, and one row where it has none
    terms = [own]
    for child in fields:
        value = f"{name}.{quoted(child.key)}"
        if isinstance(child, Entries) and not child.table:
            terms[0] = _total(items, f"greatest(coalesce(cardinality({value}), 0), 1)")
        elif not isinstance(child, Field | Dropped):
            terms.append(_total(items, _rows_of(child, value)))
    return _sum(terms)


# --- raw tables ------------------------------------------------------------------------------------------------


def raw_tables(document: Document) -> list[RawTable]:
    """The raw tables of a document, parents first, each with the `insert ... select` that fills it from the stage.

    The inserts read `accepted`, the stage's rows to load, and `fresh`, their places: `_index`, `_file_id`, `_load_id`.
    """
    columns = {"_row_id": "UUID"}
    values = ["_row_id"]
    for number, node in enumerate(scalars(document)):
        columns[node.column] = KINDS[node.kind]
        values.append(_leaf_value(f"r{number}", node))
    if document.layout == "page":
        _leaves(document.fields, "j0", "", columns, values)
    columns |= {name: kind for name, kind in LOADER_COLUMNS.items() if name != "_row_id"}
    values += ["_index", "_file_id", "_load_id"]
    # `fresh` has the places that the ledger knows; the stage's lists stay out of the join
    insert = f"select {', '.join(values)} from accepted inner join fresh using (_row_id)"
    tables = [RawTable(document.table, columns, "", insert)]
    for number, node in enumerate(json_roots(document)):
        steps = [f"level0 as (select _row_id, j{number} as value from accepted)"]
        tables += _children(node, "value", document.table, steps)
    return tables


def _leaf_value(value: str, node: Field) -> str:
    return f"try_cast(left({value}, 10) as date)" if node.kind == "day" else f"try_cast({value} as {KINDS[node.kind]})"


def _leaves(fields: tuple[Node, ...], holder: str, prefix: str, columns: dict[str, str], values: list[str]) -> None:
    for node in fields:
        value = f"{holder}.{quoted(node.key)}"
        if isinstance(node, Field):
            columns[prefix + node.column] = KINDS[node.kind]
            required_day = node.kind == "day" and node.required
            values.append(value if required_day else _leaf_value(value, node))
        elif isinstance(node, Group):
            _leaves(node.fields, value, f"{prefix}{Field(node.key).column}_", columns, values)


def _children(node: Node, value: str, parent: str, steps: list[str]) -> list[RawTable]:
    """The child tables under a node; `value` is its SQL over the last of the `steps` that lead to it."""
    match node:
        case Group():
            return [t for child in node.fields for t in _children(child, f"{value}.{quoted(child.key)}", parent, steps)]
        case Values():
            leaf = node.value
            item = "value" if leaf.kind == "day" and leaf.required else _leaf_value("value", leaf)
            columns = {"_parent_row_id": "UUID", "_index": "BIGINT", leaf.column: KINDS[leaf.kind]}
            steps = _unnested(value, steps)
            return [RawTable(node.table, columns, parent, _statement(steps, ["_parent_row_id", "_index", item]))]
        case Rows():
            return _child_tables(node.table, parent, node.fields, "value", {}, _unnested(value, steps))
        case Entries() if node.table:
            steps = _unnested(f"map_entries({value})", steps)
            return _child_tables(node.table, parent, node.fields, "value.value", {node.name: "value.key"}, steps)
        case _:
            return []


def _unnested(items: str, steps: list[str]) -> list[str]:
    # one level at a time, projecting only what the next step needs: chained lateral unnests explode
    level = len(steps)
    above = steps[-1].split(" ", 1)[0]
    return [
        *steps,
        f"list{level} as (select _row_id as _parent_row_id, {items} as items from {above})",
        f"level{level} as (select _parent_row_id, generate_subscripts(items, 1) as _index,"
        f" unnest(items) as value from list{level})",
    ]


def _child_tables(
    table: str, parent: str, fields: tuple[Node, ...], holder: str, names: dict[str, str], steps: list[str]
) -> list[RawTable]:
    """The table of a list of objects, and the tables below it. `names` are its key columns, with their SQL."""
    columns = {"_parent_row_id": "UUID", "_index": "BIGINT"} | dict.fromkeys(names, "VARCHAR")
    values = ["_parent_row_id", "_index", *names.values()]
    below = [node for node in fields if not isinstance(node, Entries) or node.table]
    if any(_children(node, "value", table, steps) for node in below):
        columns = {"_row_id": "UUID"} | columns
        values = ["_row_id", *values]
        above = steps[-1].split(" ", 1)[0]
        identity = f"md5(concat_ws('/', _parent_row_id, {text(table)}, _index))::uuid as _row_id"
        steps = [*steps, f"{above}_rows as (select *, {identity} from {above})"]
    row_steps = steps
    for node in fields:
        if isinstance(node, Entries) and not node.table:
            item, above = quoted(f"{node.name} entry"), row_steps[-1].split(" ", 1)[0]
            entries = f"map_entries({holder}.{quoted(node.key)})"
            multiplied = f"unnest(case when len({entries}) > 0 then {entries} else [null] end) as {item}"
            row_steps = [*row_steps, f"{above}_entries as (select *, {multiplied} from {above})"]
            columns[node.name] = "VARCHAR"
            values.append(f"{item}.key")
            _leaves(node.fields, f"{item}.value", "", columns, values)
    _leaves(fields, holder, "", columns, values)
    tables = [RawTable(table, columns, parent, _statement(row_steps, values))]
    return tables + [t for node in below for t in _children(node, f"{holder}.{quoted(node.key)}", table, steps)]


def _statement(steps: list[str], values: list[str]) -> str:
    last = steps[-1].split(" ", 1)[0]
    return f"with {', '.join(steps)}\nselect {', '.join(values)} from {last} where value is not null"
