"""From a declaration to DuckDB SQL. Pure functions: no input, no output, no connection.

The rules of flattening:

1. a leaf becomes a column; 2. an object's leaves join the row that holds it, under its name; 3. a list of objects
becomes a child table, one row each, with its record in `_parent_row_id` and its place in `_index` (from 1); 4. a list
of plain values likewise, with one column; 5. an object whose keys are data becomes rows, its key in a column, whether
its values are objects or plain; 6. a record's id is the md5 of what it says, so the same record has the same id in
every load, whether it came as CSV or as JSON, with spaces or without; a page's is the md5 of what was asked and of the
bytes that were answered; 7. a row of a list in a list is known by its record and its places on the way down, each in a
column that is named after the list (`_items_index`); 8. a row of a page's list carries the load and what the
document says of its page (`carried`); a row of a list in a list carries the load.

How a text is trusted. DuckDB's typed JSON reader is fast and forgiving: 1.9 becomes 2, `true` becomes 1, an unknown
key vanishes. So each text has to pass one of three checks before its typed reading is believed:

- *certificate*: the text matches a regular expression that is made from the declaration: its keys, each once and in
  the declared order, and values that are written in their kind's plainest form. Costs about as much as the reading.
- *adapted certificate*: the same, of the declaration with the keys and the order that a few of the texts have which
  do not pass: so a key that a source adds costs next to nothing.
- *inspection*: the keys of every object and the JSON type of every leaf are listed and compared with the
  declaration. An unknown key or another order is no obstacle: it is reported, the rest is read.

What passes none is read again, value by value, by `careful.py`, which names what is wrong and where.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crescendo.shapes import KINDS, Document, Dropped, Entries, Field, Group, Node, Pairs, Rows, Values
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
# a day of the calendar; only the 29th of February of a year that ends in 00 is not told apart from the 30th
CALENDAR_DAY = (
    r"(?:[1-9]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|[1-9]\d(?:0[48]|[2468][048]|[13579][26])-02-29)"
)
# what people put between thousands: a space, one that does not break, a narrow one
THIN_SPACES = " \u00a0\u202f"
# the plainest text of a value, quotes aside, which its cast turns into the right value
FORMS = {
    "day": CALENDAR_DAY + r"(?:[T ].*)?",
    "count": r"(?:0|[1-9]\d{0,17})",
    "integer": r"-?(?:0|[1-9]\d{0,17})",
    "number": r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][-+]?\d{1,2})?",
    "flag": r"(?:true|false)",
    "moment": CALENDAR_DAY
    + r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    "period": rf"(?:{CALENDAR_DAY}|[1-9]\d{{3}}-(?:0[1-9]|1[0-2])|[1-9]\d{{3}}-W(?:0[1-9]|[1-4]\d|5[0-3]))",
    "decimal": rf"-?(?:\d{{1,12}}|\d{{1,3}}(?:[{THIN_SPACES}]\d{{3}}){{1,3}})(?:[.,]\d{{1,9}})?",
}
LOADER_COLUMNS = {"_row_id": "UUID", "_index": "BIGINT", "_file_id": "BIGINT", "_load_id": "BIGINT"}


@dataclass
class RawTable:
    """A raw table: its columns with types, in order, and the query over the stage that gives its rows.

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


def json_roots(document: Document) -> list[Node]:
    """The parts of a document that arrive as JSON text: its nested columns, or the whole page."""
    if document.layout == "page":
        return [Group("$", document.fields, required=True)]
    return [node for node in document.fields if not isinstance(node, Field)]


def scalars(document: Document) -> list[Field]:
    """The leaf columns of a table-shaped document, or what a page was asked for."""
    if document.layout == "page":
        needed = {need.fact for need in document.needs}
        return [Field(f"asked_{fact}", required=fact in needed) for fact in document.facts]
    return [node for node in document.fields if isinstance(node, Field)]


def text_columns(document: Document) -> list[str]:
    """The keys whose text the stage reads."""
    return [node.key for node in [*scalars(document), *json_roots(document)]]


def typed(node: Node) -> str:
    """The DuckDB type a node's JSON is read into."""
    match node:
        case Field():
            return KINDS[node.kind]
        case Group():
            return _struct(node.fields)
        case Rows():
            return f"{_struct(node.fields)}[]"
        case Values():
            return f"{typed(node.value)}[]"
        case Entries():
            return f"MAP(VARCHAR, {_struct(node.fields)})"
        case Pairs():
            return f"MAP(VARCHAR, {typed(node.value)})"


def _struct(fields: tuple[Node, ...]) -> str:
    kept = [node for node in fields if not isinstance(node, Dropped)]
    return "STRUCT(" + ", ".join(f"{quoted(node.key)} {typed(node)}" for node in kept) + ")"


def read_typed(expression: str, node: Node) -> str:
    """Read JSON text into a node's type; null where it is not JSON of that form, or no text."""
    # without the cast, a column that was not sent has no type at all
    return f"try(from_json({expression}, {text(json.dumps(typed(node)))}))::{typed(node)}"


# --- certificate -----------------------------------------------------------------------------------------------
#
# The pattern looks at names, their order and the form of values. That the text is JSON at all is the typed reading's
# business, so `{` and `[` may be matched together with the comma that takes their place before later items: no JSON
# has the one where the other belongs.

STRING = r'"(?:[^"\\]|\\.)*"'
KEY_VALUE = r"\s*:\s*"
DEEPEST_DROPPED = 3
# unknown keys that a pattern is made of, and how they are written
MOST_LEARNED, PLAIN_KEY = 10, re.compile(r"[\w $@/:-]{1,60}")


def _items(opening: str, item: str, closing: str) -> str:
    """A list of items or an object of entries."""
    return rf"(?:\{opening}\s*\{closing}|(?:[\{opening},]\s*{item}\s*)+\{closing})"


def _anything() -> str:
    """Any JSON value, down to a depth."""
    plain = rf"(?:{STRING}|-?\d[-+.eE\d]*|true|false|null)"
    value = plain
    for _ in range(DEEPEST_DROPPED):
        value = rf"(?:{plain}|[\[{{]\s*[\]}}]|(?:[\[{{,:]\s*{value}\s*)+[\]}}])"
    return value


def _object_pattern(fields: tuple[Node, ...]) -> str:
    members = ""
    for node in fields:
        key = re.escape(json.dumps(node.key, ensure_ascii=False))
        value = pattern(node) if node.required else f"(?:{pattern(node)}|null)"
        members += rf"(?:[{{,]\s*{key}{KEY_VALUE}{value}\s*)" + ("" if node.required else "?")
    filled = members + r"\}"
    return filled if any(node.required for node in fields) else rf"(?:\{{\s*\}}|{filled})"


def pattern(node: Node) -> str:
    """The regular expression (RE2) of a text whose typed reading is all that it says."""
    match node:
        case Dropped() | Field(kind="json"):
            return _anything()
        case Field(kind="text"):
            return STRING
        case Field(kind="day"):
            return rf'"{CALENDAR_DAY}(?:[T ][^"\\]*)?"'
        case Field():
            return FORMS[node.kind]
        case Group():
            return _object_pattern(node.fields)
        case Rows():
            return _items("[", _object_pattern(node.fields), "]")
        case Values():
            return _items("[", pattern(node.value), "]")
        case Entries():
            return _items("{", STRING + KEY_VALUE + _object_pattern(node.fields), "}")
        case Pairs():
            return _items("{", STRING + KEY_VALUE + pattern(node.value), "}")


def keys_are_unique(node: Node, value: str) -> str:
    """SQL condition over a typed reading: no object whose keys are data names one twice; '' where there is none."""
    match node:
        case Group():
            terms = [keys_are_unique(child, f"{value}.{quoted(child.key)}") for child in node.fields]
            return " and ".join(term for term in terms if term)
        case Rows():
            return _in_all(value, Group("", node.fields))
        case Entries() | Pairs():
            own = f"coalesce(len(list_distinct(map_keys({value}))) = cardinality({value}), true)"
            inner = isinstance(node, Entries) and _in_all(f"map_values({value})", Group("", node.fields))
            return f"{own} and {inner}" if inner else own
        case _:
            return ""


def _in_all(items: str, node: Node) -> str:
    condition = keys_are_unique(node, "x")
    return condition and f"coalesce(list_bool_and(list_transform({items}, lambda x: {condition})), true)"


def certificate(root: Node, text_column: str, typed_column: str) -> str:
    """SQL condition: a text is absent, or its typed reading is all that it says."""
    whole = text(rf"\s*{pattern(root)}\s*")
    terms = [f"{typed_column} is not null", keys_are_unique(root, typed_column)]
    terms.append(f"regexp_full_match({text_column}, {whole})")
    certified = f"coalesce({' and '.join(term for term in terms if term)}, false)"
    return certified if root.required else f"({text_column} is null or {certified})"


# --- a declaration as a text has it ----------------------------------------------------------------------------


@dataclass
class Adapted:
    """A declaration with the keys and the order of one text: what its certificate passes is read right by the first.

    `unknown` are the keys that nobody declared, by path, with a value of each; those in `everywhere` are in every
    object at their place. `clear` says that no other place may have a key of such a name.
    """

    root: Node
    unknown: dict[str, tuple[str, object]]
    everywhere: set[str]
    clear: bool = True


def adapted(root: Node, sent: object) -> Adapted | None:
    """The declaration as a JSON value has it; None where that is the same, or where a text would not tell its keys."""
    shape = Adapted(root, {}, set())
    shape.root = _adapted(root, [sent], root.key, shape)
    names = [key for key, _ in shape.unknown.values()]
    shape.clear = len(set(names)) == len(names) and not set(_keys_below(root)) & set(names)
    told = shape.clear or shape.everywhere == {f"{root.key}.{key}" for key in names}
    few = len(names) <= MOST_LEARNED and all(PLAIN_KEY.fullmatch(name) for name in names)
    return shape if shape.root != root and told and few else None


def _adapted(node: Node, values: list, path: str, shape: Adapted) -> Node:
    match node:
        case Group():
            return replace(node, fields=_fields_as_sent(node.fields, values, path, shape))
        case Rows():
            items = [item for value in values if isinstance(value, list) for item in value]
            return replace(node, fields=_fields_as_sent(node.fields, items, f"{path}[*]", shape))
        case Entries():
            items = [item for value in values if isinstance(value, dict) for item in value.values()]
            return replace(node, fields=_fields_as_sent(node.fields, items, f"{path}.*", shape))
        case _:
            return node


def _fields_as_sent(fields: tuple[Node, ...], items: list, path: str, shape: Adapted) -> tuple[Node, ...]:
    objects = [item for item in items if isinstance(item, dict)]
    declared = {node.key: node for node in fields}
    result: list[Node] = []
    for key in _merged([*objects, dict.fromkeys(declared)]):
        values, here = [item[key] for item in objects if key in item], f"{path}.{key}"
        if key in declared:
            result.append(_adapted(declared[key], values, here, shape))
            continue
        shape.unknown[here] = key, values[0]
        if len(values) == len(objects):
            shape.everywhere.add(here)
        result.append(Dropped(key, "", required=here in shape.everywhere))
    return tuple(result)


def _merged(objects: list[dict]) -> list[str]:
    """The keys of all objects, each after the one that it first came after."""
    order: list[str] = []
    for item in objects:
        place = 0
        for key in item:
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    return order


def _keys_below(node: Node) -> Iterator[str]:
    for child in node.fields if isinstance(node, Group | Rows | Entries) else ():
        yield child.key
        yield from _keys_below(child)


def unknown_in(shape: Adapted, column: str) -> str:
    """SQL: the paths of the undeclared keys that a text with this shape holds, as a list."""
    parts = []
    for path, (key, _) in shape.unknown.items():
        name = re.escape(json.dumps(key, ensure_ascii=False))
        # the root itself is there; an object below it, or an item, need not be
        sure = not shape.clear or (path in shape.everywhere and path == f"{shape.root.key}.{key}")
        held = "true" if sure else f"regexp_matches({column}, {text(name + KEY_VALUE)})"
        parts.append(f"if({held}, [{text(path)}], [])")
    return " || ".join(parts) or "[]"


# --- inspection ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where objects are in a text (`fields` are what they may hold, none where keys are data), or plain values."""

    path: str
    fields: tuple[Node, ...] = ()
    value: Field | None = None


def places(node: Node, path: str = "$") -> Iterator[Place]:
    """Every place in a text where the declaration expects objects, or lists of plain values."""
    match node:
        case Group():
            yield from _object_places(node.fields, path)
        case Rows():
            yield from _object_places(node.fields, f"{path}[*]")
        case Values():
            yield Place(f"{path}[*]", value=node.value)
        case Pairs():
            yield Place(f"{path}.*", value=node.value)
        case Entries():
            yield from _object_places(node.fields, f"{path}.*")
        case _:
            return


def _object_places(fields: tuple[Node, ...], path: str) -> Iterator[Place]:
    yield Place(path, fields)
    for node in fields:
        yield from places(node, _member(path, node.key))


def _member(path: str, key: str) -> str:
    return f"{path}.{json.dumps(key, ensure_ascii=False)}"


def json_types(node: Node) -> tuple[str, ...]:
    """The JSON types, in DuckDB's words, under which a node is read right; none where any will do."""
    match node:
        case Dropped() | Field(kind="json"):
            return ()
        case Field():
            return TRUSTED_TYPES[node.kind]
        case Rows() | Values():
            return ("ARRAY",)
        case _:
            return ("OBJECT",)


def _none(items: str, condition: str) -> str:
    return f"len(list_filter({items}, lambda k: {condition})) = 0"


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(text(value) for value in values) + "]"


def inspection(root: Node, number: int) -> tuple[list[str], str, str]:
    """How a text `x<number>` that is not certified is looked at.

    Returns SQL columns with the keys found at each place; and over them the keys nobody declared, as a list of paths,
    and whether the typed reading is right without them.
    """
    column = f"x{number}"
    found, unknown = [], []
    trusted = [f"j{number} is not null", keys_are_unique(root, f"j{number}") or "true"]
    trusted.append(f"json_type({column}) = {text(json_types(root)[0])}")
    for place in places(root):
        many = "*" in place.path
        if place.value:
            trusted += _values_are(column, place.path, place.value, required=True)
            continue
        keys = f"k{number}_{len(found)}"
        all_keys = f"json_keys({column}, {text(place.path)})"
        found.append(f"{all_keys if many else f'[{all_keys}]'} as {keys}")
        trusted.append(_none(keys, "len(k) <> len(list_distinct(k))"))
        if many:
            trusted.append(_none(f"json_type({column}, {text(place.path)})", "k <> 'OBJECT'"))
        known = _list(tuple(node.key for node in place.fields))
        unknown.append(
            f"list_transform(list_filter(list_distinct(flatten({keys})), lambda k: not list_contains({known}, k)),"
            f" lambda k: {text(place.path + '.')} || k)"
        )
        for node in place.fields:
            if node.required:
                trusted.append(_none(keys, f"not list_contains(k, {text(node.key)})"))
            trusted += _values_are(column, _member(place.path, node.key), node, required=node.required)
    # DuckDB lets a comma stand before a closing bracket, JSON does not
    trusted.append(rf"not regexp_matches({column}, ',\s*[\]}}]')")
    return found, (" || ".join(unknown) or "[]"), " and ".join(trusted)


def _values_are(column: str, path: str, node: Node, *, required: bool) -> Iterator[str]:
    """SQL conditions: what stands at a path is of a node's JSON type, and in its form where the type allows others."""
    where = f"({column}, {text(path)})"
    kinds = json_types(node) if required or not json_types(node) else (*json_types(node), "NULL")
    if kinds:
        items = f"json_type{where}" if "*" in path else f"[json_type{where}]"
        yield _none(items, f"not list_contains({_list(kinds)}, k)")
    if isinstance(node, Field) and node.kind in FORMS:
        items = f"json_extract_string{where}" if "*" in path else f"[json_extract_string{where}]"
        yield _none(items, f"not regexp_full_match(k, {text(FORMS[node.kind])})")


# --- the stage -------------------------------------------------------------------------------------------------


def stage(
    document: Document, relation: str, columns: dict[str, str], broken: str, unknown: str, digest: str = ""
) -> str:
    """The statement that reads one batch of files into the temporary table `stage`, one row per record, in order.

    `relation` is the SQL of a table function with a column `filename`; `columns` maps declared keys to expressions
    over it (a key that is not sent is left out); `broken` is the record's text where it is no JSON, else null;
    `unknown` the record's own keys that nobody declared, as a list; `digest` what identifies a record beside its
    scalars, where its typed readings do not. Stage columns: `filename`, `_row_id`, `_broken`,
    `_unknown`, `_scalars_clean`, `_certain`; per scalar `r<i>` (its text); per JSON root `j<i>` (typed), `n<i>` (its
    rows in child tables) and `x<i>` (its text where it is not certified: '' where it should be there and is not).
    """
    roots, fields = list(enumerate(json_roots(document))), list(enumerate(scalars(document)))
    sent = [(f"r{number}", node.key) for number, node in fields] + [(f"t{number}", node.key) for number, node in roots]
    read = ", ".join(
        f"nullif({columns[key]}, '') as {name}" if key in columns else f"null as {name}" for name, key in sent
    )
    parsed = ", ".join(["*", *(f"{read_typed(f't{number}', node)} as j{number}" for number, node in roots)])
    certified = ", ".join(
        ["*", *(f"{certificate(node, f't{number}', f'j{number}')} as c{number}" for number, node in roots)]
    )
    values = [*(f"r{number}" for number, _ in fields), *(f"j{number}" for number, _ in roots)]
    identity = row_id([*(f"r{number}" for number, _ in fields), "_digest"] if digest else values)
    kept = [f"case when not c{number} then coalesce(t{number}, '') end as x{number}" for number, _ in roots]
    counted = [f"{_rows_of(node, f'j{number}')} as n{number}" for number, node in roots]
    scalars_clean = " and ".join(scalar_is_clean(f"r{number}", node) for number, node in fields) or "true"
    certain = " and ".join(f"c{number}" for number, _ in roots) or "true"
    return f"""create or replace temp table stage as
with sent as (select filename, {broken} as _broken, {unknown} as _unknown,
    {digest or "null"} as _digest, {read} from {relation}),
parsed as (select {parsed} from sent),
certified as (select {certified} from parsed)
select filename, {identity} as _row_id, _broken, _unknown, {", ".join([*values, *kept, *counted])},
    {scalars_clean} as _scalars_clean, {certain} as _certain
from certified"""


def row_id(values: list[str]) -> str:
    """SQL: what identifies a record, from the text of its scalars and its typed readings."""
    # a sort key tells any two values apart, is a third of their text, and does not depend on how they were written
    return f"md5(create_sort_key(row({', '.join(values)}), 'asc nulls first'))::uuid"


def scalar_is_clean(column: str, node: Field) -> str:
    """SQL condition: a scalar's text casts to its kind."""
    if node.kind not in FORMS:
        return f"({column} is not null)" if node.required else "true"
    return f"coalesce(regexp_full_match({column}, {text(FORMS[node.kind])}), {'false' if node.required else 'true'})"


def _sum(terms: list[str]) -> str:
    return " + ".join(f"({term})" for term in terms) or "0"


def _total(items: str, expression: str) -> str:
    return f"coalesce(list_sum(list_transform({items}, lambda x: {expression})), 0)"


def _rows_of(node: Node, value: str) -> str:
    match node:
        case Field() | Dropped():
            return "0"
        case Values():
            return f"coalesce(len({value}), 0)"
        case Pairs():
            return f"coalesce(cardinality({value}), 0)"
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
    """The raw tables of a document, parents first, each with the query that gives its rows.

    The queries read `accepted`, the stage's rows to load, and `fresh`, their places: `_index`, `_file_id`, `_load_id`.
    """
    columns = {"_row_id": "UUID"}
    values = ["_row_id"]
    for number, node in enumerate(scalars(document)):
        columns[node.column] = KINDS[node.kind]
        values.append(_leaf_value(f"r{number}", node))
    for number, node in enumerate(json_roots(document)):
        if isinstance(node, Group):
            prefix = "" if document.layout == "page" else f"{Field(node.key).column}_"
            _leaves(node.fields, f"j{number}", prefix, columns, values)
    said = dict(zip(columns, values, strict=True))
    page = {name: (columns[name], said[name]) for name in document.carried}
    if document.layout == "page":
        page["_load_id"] = (LOADER_COLUMNS["_load_id"], "_load_id")
    columns |= {name: kind for name, kind in LOADER_COLUMNS.items() if name != "_row_id"}
    values += ["_index", "_file_id", "fresh._load_id"]
    # `fresh` has the places that the ledger knows; the stage's lists stay out of the join
    query = f"select {_named(columns, values)} from accepted inner join fresh using (_row_id)"
    tables = [RawTable(document.table, columns, "", query)]
    trail = Trail(("_parent_row_id",), {name: kind for name, (kind, _) in page.items()})
    carried = [f"{value} as {quoted(name)}" for name, (_, value) in page.items()]
    first = ", ".join(["_row_id as _parent_row_id", *carried])
    for number, node in enumerate(json_roots(document)):
        steps = [f"level0 as (select {first}, j{number} as value from accepted)"]
        tables += _children(node, "value", document.table, steps, trail)
    return tables


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
    level, above = len(steps), steps[-1].split(" ", 1)[0]
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
    place = place_column(table)
    below = [node for node in fields if not isinstance(node, Entries) or node.table]
    placed = [*steps, f"level{len(steps)}_placed as (select *, _index as {place} from {steps[-1].split(' ', 1)[0]})"]
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
    tables = [_table(table, parent, row_steps, columns, values, trail)]
    deeper = [(node, f"{holder}.{quoted(node.key)}") for node in below]
    return tables + [t for node, value in deeper for t in _children(node, value, table, placed, trail.below(place))]


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
    last = steps[-1].split(" ", 1)[0]
    query = f"with {', '.join(steps)}\nselect {_named(columns, values)} from {last} where value is not null"
    return RawTable(name, columns, parent, query, tuple(trail.carried))


def _named(columns: dict[str, str], values: list[str]) -> str:
    return ", ".join(f"{value} as {quoted(column)}" for column, value in zip(columns, values, strict=True))
