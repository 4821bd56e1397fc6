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
import math
import re
from dataclasses import dataclass, field
from datetime import date

from crescendo.ingest.broken import unreadable
from crescendo.ingest.location import Location, plain
from crescendo.ingest.validate import FORMS
from crescendo.shapes import Dropped, Entries, Field, Group, Node, Pairs, Rows, Values

LARGEST = 2**63 - 1
ABSENT = object()
MOST_DIGITS = 400
REWRITTEN_DAY = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}([0-9]{2})?\b")


class Duplicated(dict):
    """An object that names a key twice; `key` is the first such key."""

    key = ""


@dataclass
class Reject:
    """A thing that was not loaded: its location in the record, and why."""

    level: str  # 'record', 'row' for what would have been rows of a child table, or 'value' for less
    path: str
    reason: str
    sample: str


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


class Invalid(Exception):  # noqa: N818 a finding, not a failure
    """A value that is not of its declared kind."""

    def __init__(self, path: Location, reason: str, value: object):
        super().__init__(reason)
        self.path, self.reason, self.sample = str(path), reason, sample_of(value)

    def reject(self, level: str) -> Reject:
        """The finding as the ledger has it."""
        return Reject(level, self.path, self.reason, self.sample)


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
    return str(value).lower() if isinstance(value, bool) else sent


def check_scalar(leaf: Field, sent: str | None) -> object:
    """A scalar column's value from its text. Raises Invalid."""
    if not sent:
        return _leaf_or_absent(leaf, ABSENT)
    value: object = sent
    if leaf.kind in ("count", "integer") and re.fullmatch(r"-?[0-9]{1,30}", sent):
        value = int(sent)
    return _leaf_or_absent(leaf, value)


def _leaf_or_absent(leaf: Field, value: object) -> object:
    return _value(leaf, value, Location(leaf.key), Reading())


def _read_root(root: Node, sent: str | None, reading: Reading) -> str | None:
    """The clean JSON of a root; None if it is absent, rejected, or is not in doubt (`sent` is None)."""
    if sent is None:
        return None
    try:
        value = json.loads(sent, object_pairs_hook=_pairs, parse_int=_integer) if sent else None
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


class Digits(str):
    """A whole number of more digits than Python reads."""

    __slots__ = ()


def _integer(digits: str) -> int | Digits:
    return int(digits) if len(digits) < MOST_DIGITS else Digits(digits)


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
    if value is None or value is ABSENT or (value == "" and not isinstance(node, Field)):
        if node.required:
            raise Invalid(path, "is missing", None)
        return ABSENT
    match node:
        case Dropped():
            return ABSENT
        case Field():
            return _leaf(node, value, path)
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
        raise Invalid(path, f"should be an object, is {_kind(value)}", value)
    if isinstance(value, Duplicated):
        raise Invalid(path.member(value.key), "the key is there twice", value)
    return value


def _items(node: Rows | Values, value: object, path: Location, reading: Reading) -> list:
    if not isinstance(value, list):
        raise Invalid(path, f"should be a list, is {_kind(value)}", value)
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
            _storable(key, here)
            if isinstance(node, Entries):
                clean[key] = _object(node.fields, {} if item == [] else item, here, reading)
            else:
                clean[key] = _value(Field(node.value.key, node.value.kind, required=True), item, here, reading)
        except Invalid as found:
            reading.rejects[marked:] = [found.reject("row")]
    if value and not clean and not node.table:
        reading.rejects[-1].level = "value"  # the row that holds them stays, without an entry
    return clean


def _leaf(leaf: Field, value: object, path: Location) -> object:
    match leaf.kind:
        case "json":
            return _storable(value, path)
        case "text" if isinstance(value, str):
            return _storable(value, path)
        case "text" if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return str(value)
        case "day" if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", value):
            try:
                date.fromisoformat(value[:10])
            except ValueError:
                raise Invalid(path, "is not a day of the calendar", value) from None
            return value[:10]
        case "day" if isinstance(value, str) and REWRITTEN_DAY.match(value):
            raise Invalid(path, "is a date as spreadsheets rewrite them: export it anew as YYYY-MM-DD", value)
        case "day":
            raise Invalid(path, "is not a date that begins with YYYY-MM-DD", value)
        case "count" | "integer":
            return _whole(leaf, value, path)
        case "number" if isinstance(value, int | float | str) and not isinstance(value, bool):
            return _number(value, path)
        case "flag":
            return _flag(value, path)
        case "moment" | "period" | "decimal":
            return _written(leaf, value, path)
    raise Invalid(path, f"should be a {leaf.kind}, is {_kind(value)}", value)


FLAGS = dict.fromkeys(("true", "yes", "oui", "vrai", "1"), True) | dict.fromkeys(
    ("false", "no", "non", "faux", "0"), False
)
# how to write what a text of these kinds has to be
WRITTEN = {
    "moment": "is not a moment: write 2025-01-31T14:05:00+01:00, or the day alone",
    "period": "is not a day, week or month: write 2025-01-31, 2025-W05 or 2025-01",
    "decimal": "is not an amount: write 1234.56 or 1234,56",
}
TWO_AMOUNTS = re.compile(r"-?[1-9]\d{0,2},\d{3}")


def _written(leaf: Field, value: object, path: Location) -> str:
    """A text that is kept as it was written, or cast by the database: it only has to be of its form."""
    shown = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not re.fullmatch(FORMS[leaf.kind], shown, re.ASCII):
        if leaf.kind == "decimal" and TWO_AMOUNTS.fullmatch(shown):
            raise Invalid(path, "is one amount in English and another in French: write 1234 or 1,2340", value)
        raise Invalid(path, WRITTEN[leaf.kind], value)
    return shown


def _flag(value: object, path: Location) -> bool:
    """A yes or no, as it is written in English, French or by a computer."""
    said = FLAGS.get(value.strip().casefold()) if isinstance(value, str) else value
    if not isinstance(said, bool):
        raise Invalid(path, "is neither yes nor no: write true or false", value)
    return said


def _storable(value: object, path: Location) -> object:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise Invalid(path, "holds half a surrogate pair", value) from None
    except ValueError:
        raise Invalid(path, "holds a number that JSON has not", value) from None
    return value


def _whole(leaf: Field, value: object, path: Location) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,30}", value):
        value = int(value)  # a number sent as text is still that number
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | Digits):
        raise Invalid(path, "is not a whole number", value)
    if isinstance(value, Digits) or abs(value) > LARGEST:
        raise Invalid(path, "does not fit in 64 bits", value)
    if leaf.kind == "count" and value < 0:
        raise Invalid(path, "is a count below zero", value)
    return value


def _number(value: float | str, path: Location) -> float:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", value):
        raise Invalid(path, "is not a number", value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Invalid(path, "is not a finite number", value)
    return number


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a flag", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")


def sample_of(value: object) -> str:
    """The beginning of a value, as the ledger shows it."""
    return "" if value is None else plain(str(value)[:200])
