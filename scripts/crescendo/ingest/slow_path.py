"""The slow path: one record at a time, in Python, for records that pass no check of `validate.py`.

It names what is wrong and where, drops the smallest thing that is wrong (a value, else the row that needs it, else the
record), and returns clean text for the rest, which goes into the raw tables by the same SQL as all other records.

Two examples, of a song with a required `song_id` and points with a required `date`:

    timeSeries [{"date": "2025-01-01", "streams": 1.9}]   rejects the value at timeSeries[1].streams, keeps the row
    timeSeries [{"streams": 5}]                           rejects the row timeSeries[1], keeps the song

A blank is not wrong: null, a blank text instead of a list or an object, and an empty list instead of an empty object or
the reverse, since some languages do not tell them apart.
"""

import json
from dataclasses import dataclass, field

from crescendo.ingest.broken import unreadable
from crescendo.ingest.leaves import Invalid, Reject, Written, kind_of, leaf_of, sample_of, storable, whole
from crescendo.ingest.location import Location
from crescendo.shapes import Dropped, Entries, Field, Group, Node, Pairs, Rows, Values

ABSENT = object()


class Duplicated(dict):
    """An object that names a key twice; `key` is the first such key."""

    key = ""


@dataclass
class Reading:
    """What the slow path found in one record.

    `texts` are the clean texts of its scalars and JSON roots, by key; null if absent.
    """

    texts: dict[str, str | None] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)  # path -> sample
    rows_in: int = 0
    rows_rejected: int = 0

    @property
    def record_rejected(self) -> bool:
        """Whether the record as a whole cannot be loaded."""
        return any(reject.level == "record" for reject in self.rejects)


def read_record(fields: list[Field], roots: list[Node], sent: dict[str, str | None]) -> Reading:
    """Read one record: `sent` holds the text of every scalar and JSON root by key (None if absent)."""
    reading = Reading()
    for leaf in fields:
        reading.texts[leaf.key] = _read_scalar(leaf, sent.get(leaf.key), reading)
    for root in roots:
        reading.texts[root.key] = _read_root(root, sent.get(root.key), reading)
    return _judged(reading)


def read_broken(fields: tuple[Node, ...], record: str) -> Reading:
    """A record whose text is no JSON object, names a key twice, or holds objects instead of scalars."""
    reading = Reading()
    clean = _read_root(Group("", fields, required=True), record, reading)
    for key, value in (json.loads(clean) if clean else {}).items():
        reading.texts[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _judged(reading)


def _judged(reading: Reading) -> Reading:
    """The reading without what is said of parts of a record that is rejected as a whole."""
    if reading.record_rejected:
        reading.rejects = [reject for reject in reading.rejects if reject.level == "record"]
    return reading


def _read_scalar(leaf: Field, sent: str | None, reading: Reading) -> str | None:
    try:
        value = check_scalar(leaf, sent)
    except Invalid as found:
        reading.rejects.append(found.reject("record" if leaf.required else "value"))
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else sent


def check_scalar(leaf: Field, sent: str | None) -> object:
    """A scalar column's value from its text. Raises Invalid."""
    if not sent:
        return _leaf_or_absent(leaf, ABSENT)
    return _leaf_or_absent(leaf, sent)


def _leaf_or_absent(leaf: Field, value: object) -> object:
    return _value(leaf, value, Location(leaf.key), Reading())


def _read_root(root: Node, sent: str | None, reading: Reading) -> str | None:
    """The clean JSON of a root; None if it is absent, rejected, or is not in doubt (`sent` is None)."""
    if sent is None:
        return None
    try:
        value = json.loads(sent, object_pairs_hook=_pairs, parse_int=whole, parse_float=Written) if sent else None
        rows_in = count_rows(root, value)
        reading.rows_in += rows_in
        clean = _member(root, value, Location(root.key), reading)
    except Invalid as found:
        reading.rejects.append(found.reject("record"))
        return None
    except (json.JSONDecodeError, RecursionError) as error:
        reading.rejects.append(Reject("record", root.key, *unreadable(error, sent)))
        return None
    # what is not written was rejected: so the ledger adds up, however faults lie within faults
    reading.rows_rejected += rows_in - count_rows(root, clean, nulls=False)
    return None if clean is ABSENT else json.dumps(clean, ensure_ascii=False)


def _pairs(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, seen = Duplicated(pairs), set()
    for key, _ in pairs:
        if key in seen:
            twice.key = key
            break
        seen.add(key)
    return twice


def count_rows(node: Node, value: object, *, nulls: bool = True) -> int:
    """How many rows of child tables a JSON value would make; with a row for each null in a list, or without."""
    match node:
        case Rows() if isinstance(value, list):
            return sum(1 + _rows_below(node.fields, item, nulls) for item in value if nulls or item is not None)
        case Values() if isinstance(value, list):
            return sum(nulls or item is not None for item in value)
        case Pairs() if isinstance(value, dict):
            return sum(nulls or item is not None for item in value.values())
        case Group() if isinstance(value, dict):
            return _rows_below(node.fields, value, nulls)
        case Entries() if isinstance(value, dict):
            inline = [child for child in node.fields if isinstance(child, Entries) and not child.table]
            return sum(_inline_rows(inline, item) + _rows_below(node.fields, item, nulls) for item in value.values())
        case _:
            return 0


def _rows_below(fields: tuple[Node, ...], value: object, nulls: bool) -> int:
    if not isinstance(value, dict):
        return 0
    inline = [node for node in fields if isinstance(node, Entries) and not node.table]
    return sum(count_rows(node, value.get(node.key), nulls=nulls) for node in fields if node not in inline)


def _inline_rows(inline: list[Entries], value: object) -> int:
    entries = [value.get(node.key) for node in inline] if isinstance(value, dict) else []
    return max([1, *(len(entry) for entry in entries if isinstance(entry, dict))])


def _member(node: Node, value: object, path: Location, reading: Reading) -> object:
    """The value of a declared key; ABSENT if it is wrong and not required."""
    marked = len(reading.rejects)
    try:
        return _value(node, value, path, reading)
    except Invalid as found:
        if node.required:
            raise
        # what was found within goes with it
        reading.rejects[marked:] = [found.reject("value")]
        return ABSENT


def _value(node: Node, value: object, path: Location, reading: Reading) -> object:
    """A JSON value reduced to what is declared. Raises Invalid if it is not of its kind."""
    is_text = isinstance(node, Field) and node.kind != "moment"
    if value is None or value is ABSENT or (value == "" and not is_text):
        if node.required:
            raise Invalid(path, "is missing", None)
        return ABSENT
    match node:
        case Dropped():
            return ABSENT
        case Field():
            return leaf_of(node, value, path)
        case Group():
            return _object(node.fields, {} if value == [] else value, path, reading)
        case Rows() | Values():
            return _items(node, [] if value == {} else value, path, reading)
        case Entries() | Pairs():
            return _entries(node, {} if value == [] else value, path, reading)


def _object(fields: tuple[Node, ...], sent: object, path: Location, reading: Reading) -> dict:
    value = _checked(sent, path)
    declared = {node.key for node in fields}
    for key in value.keys() - declared:
        reading.unknown.setdefault(path.member(key).kind, sample_of(value[key]))
    clean = {}
    for node in fields:
        item = value.get(node.key)
        if item is not None or node.required:
            clean[node.key] = _member(node, item, path.member(node.key), reading)
    return {key: item for key, item in clean.items() if item is not ABSENT}


def _checked(value: object, path: Location) -> dict:
    """The value, if it is an object that names each key once."""
    if not isinstance(value, dict):
        raise Invalid(path, f"should be an object, is {kind_of(value)}", value)
    if isinstance(value, Duplicated):
        raise Invalid(path.member(value.key), "the key is there twice", value)
    return value


def _items(node: Rows | Values, value: object, path: Location, reading: Reading) -> list:
    if not isinstance(value, list):
        raise Invalid(path, f"should be a list, is {kind_of(value)}", value)
    clean: list[object] = []
    for number, item in enumerate(value, start=1):
        here, marked = path.item(number), len(reading.rejects)
        try:
            if isinstance(node, Rows):
                clean.append(_object(node.fields, item, here, reading))
            else:
                clean.append(_value(Field(node.value.key, node.value.kind, required=True), item, here, reading))
        except Invalid as found:
            reading.rejects[marked:] = [found.reject("row")]
            clean.append(None)  # keeps the places of the others
    return clean


def _entries(node: Entries | Pairs, sent: object, path: Location, reading: Reading) -> dict:
    value = _checked(sent, path)
    clean: dict[str, object] = {}
    for key, item in value.items():
        marked = len(reading.rejects)
        try:
            here = path.entry(key)
            storable(key, here)
            if isinstance(node, Entries):
                clean[key] = _object(node.fields, {} if item == [] else item, here, reading)
            else:
                clean[key] = _value(Field(node.value.key, node.value.kind, required=True), item, here, reading)
        except Invalid as found:
            reading.rejects[marked:] = [found.reject("row")]
    if value and not clean and not node.table:
        reading.rejects[-1].level = "value"  # the row that holds them stays, without an entry
    return clean
