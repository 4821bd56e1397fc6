"""From a declaration to the rows of raw tables. Pure functions: no input, no output, no connection.

The rules of flattening:

1. a leaf becomes a column; 2. an object's leaves join the row that holds it, under its name; 3. a list of objects
becomes a child table, one row each, with its record in `_parent_row_id` and its place in `_index` (from 1); 4. a list
of plain values likewise, with one column; 5. an object whose keys are data becomes rows, its key in a column, whether
its values are objects or plain; 6. a record's id is the md5 of what it says, so the same record has the same id in
every load, whether it came as CSV or as JSON, with spaces or without; a page's is the md5 of what was asked and of the
bytes that were answered; 7. a row of a list in a list is known by its record and its places on the way down, each in a
column that is named after the list (`_items_index`); 8. a row of a page's list carries the load and what the
document says of its page (`carried`); a row of a list in a list carries the load.
"""

from dataclasses import dataclass

from crescendo.ingest.columns import Columns
from crescendo.ingest.validate import THIN_SPACES
from crescendo.shapes import KINDS, Document, Dropped, Entries, Field, Group, Node, Pairs, Rows, Values
from crescendo.warehouse import quoted, text

LOADER_COLUMNS = {"_row_id": "UUID", "_index": "BIGINT", "_file_id": "BIGINT", "_load_id": "BIGINT"}


@dataclass
class RawTable:
    """A raw table: its columns with types, in order, and the query over the staged records that gives its rows.

    `carried` are the columns that say of each row what its page says: a table without them was made before they were.
    """

    name: str
    columns: dict[str, str]
    parent: str
    query: str
    carried: tuple[str, ...] = ()

    @property
    def is_root(self) -> bool:
        """Whether the table holds the records themselves."""
        return not self.parent


# --- raw tables ------------------------------------------------------------------------------------------------


def raw_tables(document: Document) -> list[RawTable]:
    """The raw tables of a document, parents first, each with the query that gives its rows.

    The queries read `accepted`, the staged records to load, and `placed`, the same with `_index` and `_file_id`.
    """
    columns, values = _record(document)
    page = {name: (columns[name], values[name]) for name in document.carried}
    if document.layout == "page":
        page["_load_id"] = (LOADER_COLUMNS["_load_id"], "_load_id")
    values |= {"_index": "_index", "_file_id": "_file_id", "_load_id": "_load_id"}
    columns |= {name: kind for name, kind in LOADER_COLUMNS.items() if name != "_row_id"}
    query = f"select {_named(columns, list(values.values()))} from placed"
    tables = [RawTable(document.table, columns, "", query)]
    trail = Trail(("_parent_row_id",), {name: kind for name, (kind, _) in page.items()})
    carried = [f"{value} as {quoted(name)}" for name, (_, value) in page.items()]
    first = ", ".join(["_row_id as _parent_row_id", *carried])
    for number, node in Columns(document).roots:
        steps = [f"level0 as (select {first}, {Columns.typed(number)} as value from accepted)"]
        tables += _children(node, "value", document.table, steps, trail)
    return tables


def _record(document: Document) -> tuple[dict[str, str], dict[str, str]]:
    """The columns of a record's own row: their types, and their SQL over `accepted`; the loader's but for its id."""
    columns, values = {"_row_id": "UUID"}, ["_row_id"]
    for number, leaf in Columns(document).scalars:
        columns[leaf.column] = KINDS[leaf.kind]
        values.append(_leaf_value(Columns.scalar(number), leaf))
    for number, node in Columns(document).roots:
        if isinstance(node, Group):
            prefix = "" if document.layout == "page" else f"{Field(node.key).column}_"
            _leaves(node.fields, Columns.typed(number), prefix, columns, values)
    return columns, dict(zip(columns, values, strict=True))


@dataclass(frozen=True)
class Trail:
    """The columns that a row of a list has besides its own.

    `places` tell where it is: its record, and its place in each list on the way down. `carried` are those of its page,
    with their types.
    """

    places: tuple[str, ...]
    carried: dict[str, str]

    def below(self, place: str) -> "Trail":
        """That of the lists in a row: its place, and of the page the load only."""
        return Trail((*self.places, place), {name: kind for name, kind in self.carried.items() if name == "_load_id"})

    @property
    def columns(self) -> dict[str, str]:
        """The columns that come before the row's own, with their types."""
        return {self.places[0]: "UUID"} | dict.fromkeys((*self.places[1:], "_index"), "BIGINT")

    @property
    def names(self) -> str:
        """What each step down selects, as SQL."""
        return ", ".join([*self.places, *map(quoted, self.carried)])


def _leaf_value(value: str, node: Field) -> str:
    if node.kind == "day":
        return f"try_cast(left({value}, 10) as date)"
    if node.kind == "decimal":
        value = f"translate({value}, {text(',' + THIN_SPACES)}, '.')"
    return f"try_cast({value} as {KINDS[node.kind]})"


def _leaves(fields: tuple[Node, ...], holder: str, prefix: str, columns: dict[str, str], values: list[str]) -> None:
    for node in fields:
        value = f"{holder}.{quoted(node.key)}"
        if isinstance(node, Field):
            columns[prefix + node.column] = KINDS[node.kind]
            values.append(value)
        elif isinstance(node, Group):
            _leaves(node.fields, value, f"{prefix}{Field(node.key).column}_", columns, values)


def _children(node: Node, value: str, parent: str, steps: list[str], trail: Trail) -> list[RawTable]:
    """The child tables under a node; `value` is its SQL over the last of the `steps` that lead to it."""
    match node:
        case Group():
            inner = [(child, f"{value}.{quoted(child.key)}") for child in node.fields]
            return [table for child, at in inner for table in _children(child, at, parent, steps, trail)]
        case Values():
            return [_plain_table(node, parent, _unnested(value, steps, trail), {}, "value", trail)]
        case Pairs():
            steps = _unnested(f"map_entries({value})", steps, trail)
            return [_plain_table(node, parent, steps, {node.name: "value.key"}, "value.value", trail)]
        case Rows():
            steps = _unnested(value, steps, trail)
            return _child_tables(node.table, parent, node.fields, "value", {}, steps, trail)
        case Entries() if node.table:
            steps = _unnested(f"map_entries({value})", steps, trail)
            return _child_tables(node.table, parent, node.fields, "value.value", {node.name: "value.key"}, steps, trail)
        case _:
            return []


def _unnested(items: str, steps: list[str], trail: Trail) -> list[str]:
    # one level at a time, projecting only what the next step needs: chained lateral unnests explode
    level, above = len(steps), _last(steps)
    return [
        *steps,
        f"list{level} as (select {trail.names}, {items} as items from {above})",
        f"level{level} as (select {trail.names}, generate_subscripts(items, 1) as _index,"
        f" unnest(items) as value from list{level})",
    ]


def _plain_table(
    node: Values | Pairs, parent: str, steps: list[str], names: dict[str, str], value: str, trail: Trail
) -> RawTable:
    """The table of a list of plain values. `names` are its key columns, with their SQL."""
    columns = trail.columns | dict.fromkeys(names, "VARCHAR") | {node.value.column: KINDS[node.value.kind]}
    return _table(node.table, parent, steps, columns, [*trail.places, "_index", *names.values(), value], trail)


def _child_tables(
    table: str,
    parent: str,
    fields: tuple[Node, ...],
    holder: str,
    names: dict[str, str],
    steps: list[str],
    trail: Trail,
) -> list[RawTable]:
    """The table of a list of objects, and the tables below it. `names` are its key columns, with their SQL."""
    columns = trail.columns | dict.fromkeys(names, "VARCHAR")
    values = [*trail.places, "_index", *names.values()]
    row_steps = _with_entries(fields, holder, steps, columns, values)
    _leaves(fields, holder, "", columns, values)
    tables = [_table(table, parent, row_steps, columns, values, trail)]
    place = place_column(table)
    placed = [*steps, f"level{len(steps)}_placed as (select *, _index as {place} from {_last(steps)})"]
    for node in fields:
        if not isinstance(node, Entries) or node.table:
            tables += _children(node, f"{holder}.{quoted(node.key)}", table, placed, trail.below(place))
    return tables


def _with_entries(
    fields: tuple[Node, ...], holder: str, steps: list[str], columns: dict[str, str], values: list[str]
) -> list[str]:
    """The steps, and one more for each object of entries without a table of its own: it multiplies the rows."""
    for node in fields:
        if isinstance(node, Entries) and not node.table:
            item, above = quoted(f"{node.name} entry"), _last(steps)
            entries = f"map_entries({holder}.{quoted(node.key)})"
            multiplied = f"unnest(case when len({entries}) > 0 then {entries} else [null] end) as {item}"
            steps = [*steps, f"{above}_entries as (select *, {multiplied} from {above})"]
            columns[node.name] = "VARCHAR"
            values.append(f"{item}.key")
            _leaves(node.fields, f"{item}.value", "", columns, values)
    return steps


def _last(steps: list[str]) -> str:
    """The name of the last step."""
    return steps[-1].split(" ", 1)[0]


def place_column(table: str) -> str:
    """The column in which the tables below a child table name its `_index`: '_items_index' of 'pages__items'."""
    return f"_{table.partition('__')[2]}_index"


def _table(
    name: str, parent: str, steps: list[str], columns: dict[str, str], values: list[str], trail: Trail
) -> RawTable:
    """A child table whose rows are those of the last step; what is carried comes last."""
    twice = columns.keys() & trail.carried.keys()
    if twice:
        raise ValueError(f"{name}: a field and a carried column are both called {', '.join(twice)}")
    columns, values = columns | trail.carried, [*values, *map(quoted, trail.carried)]
    query = f"with {', '.join(steps)}\nselect {_named(columns, values)} from {_last(steps)} where value is not null"
    return RawTable(name, columns, parent, query, tuple(trail.carried))


def _named(columns: dict[str, str], values: list[str]) -> str:
    return ", ".join(f"{value} as {quoted(column)}" for column, value in zip(columns, values, strict=True))


# --- counting rows ----------------------------------------------------------------------------------------------


def _sum(terms: list[str]) -> str:
    return " + ".join(f"({term})" for term in terms) or "0"


def _total(items: str, expression: str) -> str:
    return f"coalesce(list_sum(list_transform({items}, lambda x: {expression})), 0)"


def rows_of(node: Node, value: str) -> str:
    """SQL: how many rows of child tables a typed reading makes."""
    match node:
        case Field() | Dropped():
            return "0"
        case Values():
            return f"coalesce(len({value}), 0)"
        case Pairs():
            return f"coalesce(cardinality({value}), 0)"
        case Group():
            inner = [rows_of(child, f"{value}.{quoted(child.key)}") for child in node.fields]
            return _sum([term for term in inner if term != "0"])
        case Rows():
            return _rows_in(node.fields, f"coalesce(len({value}), 0)", value, "x")
        case Entries():
            return _rows_in(node.fields, f"coalesce(cardinality({value}), 0)", f"map_values({value})", "x")


def _rows_in(fields: tuple[Node, ...], own: str, items: str, name: str) -> str:
    # an inline Entries makes one row of each of its keys, and one row if it has none
    terms = [own]
    for child in fields:
        value = f"{name}.{quoted(child.key)}"
        if isinstance(child, Entries) and not child.table:
            terms[0] = _total(items, f"greatest(coalesce(cardinality({value}), 0), 1)")
        elif not isinstance(child, Field | Dropped):
            terms.append(_total(items, rows_of(child, value)))
    return _sum(terms)
