"""The careful reading: one record at a time, in Python, for what the fast reading could not vouch for.

It names what is wrong and where, drops the smallest thing that is wrong (a point, an entry, else the record), and
hands back clean JSON text for the rest, which takes the same SQL way into the raw tables as everything else.
"""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import date

from crescendo.shapes import Dropped, Entries, Field, Group, Node, Pairs, Rows, Values

LARGEST = 2**63 - 1
ABSENT = object()


class Duplicated(dict):
    """An object that names a key twice; `key` is the first such key."""

    key = ""


class Path:
    """Where a value stands, put into words only where there is something to say of it.

    Its text names the very place (`timeSeries[3].date`), its `kind` any such place (`timeSeries[*].date`).
    """

    __slots__ = ("above", "kind_step", "step")

    def __init__(self, step: str, above: "Path | None" = None, kind_step: str = "") -> None:
        self.step, self.above, self.kind_step = step, above, kind_step or step

    def member(self, key: str) -> "Path":
        """The place of an object's declared key."""
        return Path(f".{key}", self)

    def item(self, number: int) -> "Path":
        """The place of a list's item, from 1."""
        return Path(f"[{number}]", self, "[*]")

    def entry(self, key: str) -> "Path":
        """The place of an entry whose key is data."""
        return Path(f".{key}", self, ".*")

    @property
    def kind(self) -> str:
        """Any place like this one."""
        return _plain("".join(path.kind_step for path in self._way()).removeprefix("."))

    def __str__(self) -> str:
        return _plain("".join(path.step for path in self._way()).removeprefix("."))

    def _way(self) -> "list[Path]":
        way, path = [], self
        while path:
            way.append(path)
            path = path.above
        return way[::-1]


@dataclass
class Reject:
    """A thing that was not loaded: where it stands in the record, and why."""

    level: str  # 'record', or 'row' for what would have been rows of a child table
    path: str
    reason: str
    sample: str


@dataclass
class Reading:
    """What the careful reading of one record found. `texts` are clean JSON, by root key; null where absent."""

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

    def __init__(self, path: Path, reason: str, value: object):
        super().__init__(reason)
        self.path, self.reason, self.sample = str(path), reason, sample_of(value)


def read_record(fields: list[Field], roots: list[Node], sent: dict[str, str | None]) -> Reading:
    """Read one record: `sent` holds the text of every scalar and JSON root by key (None where absent)."""
    reading = Reading()
    for leaf in fields:
        try:
            check_scalar(leaf, sent.get(leaf.key))
        except Invalid as found:
            reading.rejects.append(Reject("record", found.path, found.reason, found.sample))
    for root in roots:
        reading.texts[root.key] = _read_root(root, sent.get(root.key), reading)
    return reading


def read_broken(fields: tuple[Node, ...], record: str) -> Reading:
    """A record whose text is no JSON object, names a key twice, or holds objects where its scalars should be."""
    reading = Reading()
    _read_root(Group("", fields, required=True), record, reading)
    if not reading.record_rejected:
        reading.rejects.append(Reject("record", "", "cannot be read", sample_of(record)))
    return reading


def check_scalar(leaf: Field, sent: str | None) -> object:
    """A scalar column's value from its text. Raises Invalid."""
    if not sent:
        return _value(leaf, ABSENT, Path(leaf.key))
    value: object = sent
    if leaf.kind in ("count", "integer") and re.fullmatch(r"-?[0-9]{1,30}", sent):
        value = int(sent)
    elif leaf.kind == "flag":
        value = {"true": True, "false": False}.get(sent, sent)
    return _value(leaf, value, Path(leaf.key))


def _read_root(root: Node, sent: str | None, reading: Reading) -> str | None:
    """The clean JSON of a root; None where it is absent, rejected, or was certified (`sent` is None)."""
    if sent is None:
        return None
    path, reason, sample = root.key, "", sent[:80]
    try:
        value = json.loads(sent, object_pairs_hook=_pairs) if sent else None
        reading.rows_in += count_rows(root, value)
        clean = _value(root, value, Path(root.key), reading)
        return None if clean is ABSENT else _encodable(json.dumps(clean, ensure_ascii=False))
    except Invalid as found:
        path, reason, sample = found.path, found.reason, found.sample
    except json.JSONDecodeError as error:
        reason = f"broken JSON: {error.msg} at character {error.pos + 1} of {len(sent)}"
        sample = sent[max(0, error.pos - 40) : error.pos + 20]
    except UnicodeEncodeError:
        reason = "broken JSON: half a surrogate pair"
    except RecursionError:
        reason = "JSON is nested too deep to read"
    except ValueError:  # Python reads whole numbers up to 4,300 digits
        reason = "holds a number of thousands of digits"
    reading.rejects.append(Reject("record", path, reason, sample))
    return None


def _encodable(json_text: str) -> str:
    json_text.encode()
    return json_text


def _pairs(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, seen = Duplicated(pairs), set()
    twice.key = next(key for key, _ in pairs if key in seen or seen.add(key))
    return twice


def count_rows(node: Node, value: object) -> int:
    """How many rows of child tables a JSON value would make."""
    match node:
        case Rows() if isinstance(value, list):
            return sum(1 + _rows_below(node.fields, item) for item in value)
        case Values() if isinstance(value, list):
            return len(value)
        case Pairs() if isinstance(value, dict):
            return len(value)
        case Group() if isinstance(value, dict):
            return _rows_below(node.fields, value)
        case Entries() if isinstance(value, dict):
            inline = [child for child in node.fields if isinstance(child, Entries) and not child.table]
            return sum(_inline_rows(inline, item) + _rows_below(node.fields, item) for item in value.values())
        case _:
            return 0


def _rows_below(fields: tuple[Node, ...], value: object) -> int:
    if not isinstance(value, dict):
        return 0
    inline = [node for node in fields if isinstance(node, Entries) and not node.table]
    return sum(count_rows(node, value.get(node.key)) for node in fields if node not in inline)


def _inline_rows(inline: list[Entries], value: object) -> int:
    entries = [value.get(node.key) for node in inline] if isinstance(value, dict) else []
    return max([1, *(len(entry) for entry in entries if isinstance(entry, dict))])


def _value(node: Node, value: object, path: Path, reading: Reading | None = None) -> object:
    """A JSON value reduced to what is declared. Raises Invalid where it is not of its kind."""
    if value is None or value is ABSENT:
        if node.required:
            raise Invalid(path, "is missing", None)
        return ABSENT
    match node:
        case Dropped():
            return ABSENT
        case Field():
            return _leaf(node, value, path)
        case Group():
            return _object(node.fields, value, path, reading)
        case Rows():
            return _items(node, value, path, reading)
        case Values():
            return _items(node, value, path, reading)
        case Entries() | Pairs():
            return _entries(node, value, path, reading)


def _object(fields: tuple[Node, ...], value: object, path: Path, reading: Reading) -> dict:
    if not isinstance(value, dict):
        raise Invalid(path, f"should be an object, is {_kind(value)}", value)
    if isinstance(value, Duplicated):
        raise Invalid(path.member(value.key), "the key is there twice", value)
    declared = {node.key for node in fields}
    for key in value.keys() - declared:
        reading.unknown.setdefault(path.member(key).kind, sample_of(value[key]))
    clean = {}
    for node in fields:
        item = value.get(node.key)
        if item is not None or node.required:
            clean[node.key] = _value(node, item, path.member(node.key), reading)
    return {key: item for key, item in clean.items() if item is not ABSENT}


def _items(node: Rows | Values, value: object, path: Path, reading: Reading) -> list:
    if not isinstance(value, list):
        raise Invalid(path, f"should be a list, is {_kind(value)}", value)
    clean = []
    for number, item in enumerate(value, start=1):
        here = path.item(number)
        try:
            if isinstance(node, Rows):
                clean.append(_object(node.fields, item, here, reading))
            else:
                clean.append(_value(Field(node.value.key, node.value.kind, required=True), item, here))
        except Invalid as found:
            _reject_row(node, [item], found, reading)
            clean.append(None)  # keeps the places of the others
    return clean


def _entries(node: Entries | Pairs, value: object, path: Path, reading: Reading) -> dict:
    if not isinstance(value, dict):
        raise Invalid(path, f"should be an object, is {_kind(value)}", value)
    if isinstance(value, Duplicated):
        raise Invalid(path.member(value.key), "the key is there twice", value)
    clean = {}
    for key, item in value.items():
        try:
            here = path.entry(key)
            if isinstance(node, Entries):
                clean[key] = _object(node.fields, item, here, reading)
            else:
                clean[key] = _value(Field(node.value.key, node.value.kind, required=True), item, here)
        except Invalid as found:
            _reject_row(node, {key: item}, found, reading)
    if value and not clean and not node.table:
        reading.rows_rejected -= 1  # the row that holds them stays, without an entry
    return clean


def _reject_row(node: Node, value: object, found: Invalid, reading: Reading) -> None:
    reading.rejects.append(Reject("row", found.path, found.reason, found.sample))
    reading.rows_rejected += max(1, count_rows(node, value))


def _leaf(leaf: Field, value: object, path: Path) -> object:
    match leaf.kind:
        case "json":
            return value
        case "text" if isinstance(value, str):
            return value
        case "text" if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        case "day" if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", value):
            try:
                date.fromisoformat(value[:10])
            except ValueError:
                raise Invalid(path, "is not a day of the calendar", value) from None
            return value[:10]
        case "day":
            raise Invalid(path, "is not a date that begins with YYYY-MM-DD", value)
        case "count" | "integer":
            return _whole(leaf, value, path)
        case "number" if isinstance(value, int | float | str) and not isinstance(value, bool):
            return _number(value, path)
        case "flag" if isinstance(value, bool):
            return value
    raise Invalid(path, f"should be a {leaf.kind}, is {_kind(value)}", value)


def _whole(leaf: Field, value: object, path: Path) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,30}", value):
        value = int(value)  # a number sent as text is still that number
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(path, "is not a whole number", value)
    if abs(value) > LARGEST:
        raise Invalid(path, "does not fit in 64 bits", value)
    if leaf.kind == "count" and value < 0:
        raise Invalid(path, "is a count below zero", value)
    return value


def _number(value: float | str, path: Path) -> float:
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
    return "" if value is None else _plain(str(value)[:200])


def _plain(shown: str) -> str:
    """A text that can be stored: half a surrogate pair cannot."""
    return shown.encode("utf-8", "replace").decode()
