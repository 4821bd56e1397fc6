"""How a text is trusted: SQL conditions that are made from a declaration. Pure functions, no connection.

DuckDB's typed JSON reader is fast and forgiving: 1.9 becomes 2, `true` becomes 1, an unknown key vanishes. So each text
has to pass one of three checks before its typed reading is believed:

- *pattern*: the text matches a regular expression that is made from the declaration: its keys, each once and in the
  declared order, and values that are written in the plainest form of their kind. This costs about as much as the
  reading.
- *learned pattern*: the same, of the declaration with the keys and the order of a text that does not match. So a key
  that a source adds costs next to nothing.
- *type check*: the keys of every object and the JSON type of every leaf are listed and compared with the declaration.
  An unknown key or another order does no harm: it is reported, the rest is read.

What passes none of them takes the slow path (`slow_path.py`): it is read value by value, and what is wrong is named.

An example of a learned pattern. Declared is an object with the count `id` and the optional text `name`; its pattern is,
without white space, `{"id":(0|[1-9][0-9]*)(,"name":("..."|null))?}`. A source begins to send

    {"name": "Nuit", "mood": "calm", "id": 7}

which does not match: `mood` is unknown, and `id` is last. The declaration as this text has it is `name`, `mood` (any
value, since nothing is known of it) and `id`, and the pattern that is learned is

    {("name":("..."|null),)?"mood":<any value>,"id":(0|[1-9][0-9]*)}

Every text that matches it is read by the declared types of `name` and `id`, and its key `mood` is reported.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crescendo.ingest.columns import Columns
from crescendo.shapes import Dropped, Entries, Field, Group, Node, Pairs, Rows, Values
from crescendo.warehouse import quoted, text

# JSON types, in DuckDB's words, that a leaf's typed reading turns into the right value
TRUSTED_TYPES = {
    "text": ("VARCHAR", "UBIGINT", "BIGINT"),
    "day": ("VARCHAR",),
    "release": ("VARCHAR",),
    "moment": ("VARCHAR",),
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
# some write 0001-01-01 for no day: it is read as a moment, and is a finding
EARLY_DAY = r"0(?:00[1-9]|0[1-9]\d|[1-9]\d\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
# a month, a year, or the year zero, which some write as -0001, for a day that is not known
PART_OF_DAY = r'[1-9]\d{3}(?:-(?:0[1-9]|1[0-2]))?(?:-00){0,2}|-?000[01][^"\\]*'
# what people put between thousands: a space, one that does not break, a narrow one
THIN_SPACES = " \u00a0\u202f"
GROUPED = rf"\d{{1,3}}(?:[{THIN_SPACES}]\d{{3}}){{1,3}}"
# `1,234` has no form: it is 1234 in one country and 1.234 in the next
# the plainest text of a value, quotes aside, which its cast turns into the right value
FORMS = {
    "day": CALENDAR_DAY + r"(?:[T ].*)?",
    "release": rf'(?:{CALENDAR_DAY}(?:[T ][^"\\]*)?|{PART_OF_DAY}|)',
    "count": r"(?:0|[1-9]\d{0,17})",
    "integer": r"-?(?:0|[1-9]\d{0,17})",
    "number": r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][-+]?\d{1,2})?",
    "flag": r"(?:true|false)",
    "moment": rf"(?:{CALENDAR_DAY}|{EARLY_DAY})"
    + r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    "period": rf"(?:{CALENDAR_DAY}|[1-9]\d{{3}}-(?:0[1-9]|1[0-2])|[1-9]\d{{3}}-W(?:0[1-9]|[1-4]\d|5[0-3]))",
    "decimal": rf"-?(?:(?:\d{{1,12}}|{GROUPED})(?:\.\d{{1,9}}|,\d\d?|,\d{{4,9}})?|(?:0|\d{{4,12}}|{GROUPED}),\d{{3}})",
}


# --- pattern ---------------------------------------------------------------------------------------------------
#
# The pattern looks at names, their order and the form of values. The typed reading checks that the text is JSON at all.
# So `{` and `[` may be matched together with the comma that takes their place before later items: no JSON has the one
# where the other belongs.

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
        case Field(kind="release" | "moment"):
            return f'"{FORMS[node.kind]}"'
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
    """SQL condition over a typed reading: no object whose keys are data names one twice; '' if there is none."""
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


def matches(root: Node, text_column: str, typed_column: str) -> str:
    """SQL condition: a text is absent, or its typed reading is all that it says."""
    whole = text(rf"\s*{pattern(root)}\s*")
    terms = [f"{typed_column} is not null", keys_are_unique(root, typed_column)]
    terms.append(f"regexp_full_match({text_column}, {whole})")
    found = f"coalesce({' and '.join(term for term in terms if term)}, false)"
    return found if root.required else f"({text_column} is null or {found})"


def scalar_is_clean(column: str, node: Field) -> str:
    """SQL condition: a scalar's text casts to its kind."""
    if node.kind not in FORMS:
        return f"({column} is not null)" if node.required else "true"
    return f"coalesce(regexp_full_match({column}, {text(FORMS[node.kind])}), {'false' if node.required else 'true'})"


# --- learned pattern -------------------------------------------------------------------------------------------


@dataclass
class Learned:
    """A declaration with the keys and the order of one text.

    `unknown` are the undeclared keys, by path, with a value of each. Those in `everywhere` are in every object at their
    place. `are_telling` says that each of their names is at one place only, so that finding the name in a text tells
    the path.
    """

    root: Node
    unknown: dict[str, tuple[str, object]]
    everywhere: set[str]
    are_telling: bool = True


def learned_from(root: Node, sent: object) -> Learned | None:
    """The declaration as a JSON value has it.

    None if that is the declaration itself, or if a text that matches would not tell which unknown keys it has.
    """
    shape = Learned(root, {}, set())
    shape.root = _as_sent(root, [sent], root.key, shape)
    names = [key for key, _ in shape.unknown.values()]
    shape.are_telling = len(set(names)) == len(names) and not set(_keys_below(root)) & set(names)
    are_at_the_root = shape.everywhere == {f"{root.key}.{key}" for key in names}
    are_few_and_plain = len(names) <= MOST_LEARNED and all(PLAIN_KEY.fullmatch(name) for name in names)
    can_be_used = are_few_and_plain and (shape.are_telling or are_at_the_root)
    return shape if shape.root != root and can_be_used else None


def _as_sent(node: Node, values: list, path: str, shape: Learned) -> Node:
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


def _fields_as_sent(fields: tuple[Node, ...], items: list, path: str, shape: Learned) -> tuple[Node, ...]:
    objects = [item for item in items if isinstance(item, dict)]
    declared = {node.key: node for node in fields}
    result: list[Node] = []
    for key in _merged([*objects, dict.fromkeys(declared)]):
        values, here = [item[key] for item in objects if key in item], f"{path}.{key}"
        if key in declared:
            result.append(_as_sent(declared[key], values, here, shape))
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


def unknown_in(shape: Learned, column: str) -> str:
    """SQL: the paths of the undeclared keys that a text which matches has, as a list."""
    parts = []
    for path, (key, _) in shape.unknown.items():
        name = re.escape(json.dumps(key, ensure_ascii=False))
        # the root itself is there; an object below it, or an item, need not be
        sure = not shape.are_telling or (path in shape.everywhere and path == f"{shape.root.key}.{key}")
        held = "true" if sure else f"regexp_matches({column}, {text(name + KEY_VALUE)})"
        parts.append(f"if({held}, [{text(path)}], [])")
    return " || ".join(parts) or "[]"


# --- type check ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a text has objects (`fields` are what they may hold, none if keys are data) or plain values."""

    path: str
    fields: tuple[Node, ...] = ()
    value: Field | None = None

    @property
    def is_many(self) -> bool:
        """Whether a text may have several of it."""
        return "*" in self.path


def places(node: Node, path: str = "$") -> Iterator[Place]:
    """Every place in a text at which the declaration expects objects, or lists of plain values."""
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
    """The JSON types, in DuckDB's words, under which a node is read right; none if any will do."""
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


@dataclass(frozen=True)
class TypeCheck:
    """SQL over the column `Columns.doubtful` of a root.

    `keys` are columns with the keys that are found at each place; over them, `unknown` is a list of the paths of
    undeclared keys, and `trusted` says whether the typed reading is right without them.
    """

    keys: list[str]
    unknown: str
    trusted: str


def type_check(root: Node, number: int) -> TypeCheck:
    """How a text that matches no pattern is checked."""
    column, typed = Columns.doubtful(number), Columns.typed(number)
    keys: list[str] = []
    unknown: list[str] = []
    trusted = [f"{typed} is not null", keys_are_unique(root, typed) or "true"]
    trusted.append(f"json_type({column}) = {text(json_types(root)[0])}")
    for place in places(root):
        if place.value:
            trusted += _values_are(column, place.path, place.value, required=True)
            continue
        found = Columns.keys_found(number, len(keys))
        all_keys = f"json_keys({column}, {text(place.path)})"
        keys.append(f"{all_keys if place.is_many else f'[{all_keys}]'} as {found}")
        unknown.append(_unknown_at(place, found))
        trusted += _objects_are(column, place, found)
    # DuckDB lets a comma stand before a closing bracket, JSON does not
    trusted.append(rf"not regexp_matches({column}, ',\s*[\]}}]')")
    return TypeCheck(keys, " || ".join(unknown) or "[]", " and ".join(trusted))


def _unknown_at(place: Place, found: str) -> str:
    """SQL: the paths of the undeclared keys at a place, from the keys that were found there."""
    known = _list(tuple(node.key for node in place.fields))
    return (
        f"list_transform(list_filter(list_distinct(flatten({found})), lambda k: not list_contains({known}, k)),"
        f" lambda k: {text(place.path + '.')} || k)"
    )


def _objects_are(column: str, place: Place, found: str) -> Iterator[str]:
    """SQL conditions: the objects at a place have each key once, those that are required, and values of their kinds."""
    yield _none(found, "len(k) <> len(list_distinct(k))")
    if place.is_many:
        yield _none(f"json_type({column}, {text(place.path)})", "k <> 'OBJECT'")
    for node in place.fields:
        if node.required:
            yield _none(found, f"not list_contains(k, {text(node.key)})")
        yield from _values_are(column, _member(place.path, node.key), node, required=node.required)


def _values_are(column: str, path: str, node: Node, *, required: bool) -> Iterator[str]:
    """SQL conditions: values at a path are of a node's JSON type, and in its form if the type allows others."""
    where = f"({column}, {text(path)})"
    kinds = json_types(node) if required or not json_types(node) else (*json_types(node), "NULL")
    if kinds:
        items = f"json_type{where}" if "*" in path else f"[json_type{where}]"
        yield _none(items, f"not list_contains({_list(kinds)}, k)")
    if isinstance(node, Field) and node.kind in FORMS:
        items = f"json_extract_string{where}" if "*" in path else f"[json_extract_string{where}]"
        yield _none(items, f"not regexp_full_match(k, {text(FORMS[node.kind])})")
