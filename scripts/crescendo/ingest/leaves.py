"""The leaves of a record, each by its kind: what a JSON value or a text is turned into, or why it is not.

A text is kept as it was written: a number under a declared text is the characters of the number, `1e3` or `10.10`.
10.0 is a whole number, however it was sent, and 1.9 is none.
"""

import json
import math
import re
from dataclasses import dataclass
from datetime import date

from crescendo.ingest.location import Location, plain
from crescendo.ingest.validate import FORMS, THIN_SPACES
from crescendo.shapes import Field

LARGEST = 2**63 - 1
MOST_DIGITS = 400
WHOLE = re.compile(r"(-?[0-9]{1,30})(?:\.0+)?")
# 1.234.567,0 or 1,234,567 or 1 234 567: a whole number as spreadsheets show it; 1.234 may be a fraction
GROUPED_WHOLE = re.compile(
    rf"-?[0-9]{{1,3}}(?:(?:[,'{THIN_SPACES}][0-9]{{3}})+(?:[.,]0*)?|(?:\.[0-9]{{3}}){{2,}}(?:,0*)?|\.[0-9]{{3}},0*)"
)
REWRITTEN_DAY = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}([0-9]{2})?\b")


@dataclass
class Reject:
    """A thing that was not loaded: its location in the record, and why."""

    level: str  # 'record', 'row' for what would have been rows of a child table, or 'value' for less
    path: str
    reason: str
    sample: str


class Invalid(Exception):  # noqa: N818 a finding, not a failure
    """A value that is not of its declared kind."""

    def __init__(self, path: Location, reason: str, value: object):
        super().__init__(reason)
        self.path, self.reason, self.sample = str(path), reason, sample_of(value)

    def reject(self, level: str) -> Reject:
        """The finding as the ledger has it."""
        return Reject(level, self.path, self.reason, self.sample)


class Digits(str):
    """A whole number of more digits than Python reads."""

    __slots__ = ()


def whole(digits: str) -> int | Digits:
    """A whole number as JSON has it."""
    return int(digits) if len(digits) < MOST_DIGITS else Digits(digits)


class Written(float):
    """A number with a point or an exponent, and the text that it was written as."""

    def __init__(self, written: str) -> None:
        self.text = written


def leaf_of(leaf: Field, value: object, path: Location) -> object:
    """A leaf's value, of its kind. Raises Invalid."""
    match leaf.kind:
        case "json":
            return storable(value, path)
        case "text" if isinstance(value, str):
            return storable(value, path)
        case "text" if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return value.text if isinstance(value, Written) else str(value)
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
        case "release" if isinstance(value, str) and REWRITTEN_DAY.match(value):
            raise Invalid(path, "is a date as spreadsheets rewrite them: export it anew as YYYY-MM-DD", value)
        case "count" | "integer":
            return _whole(leaf, value, path)
        case "number" if isinstance(value, int | float | str) and not isinstance(value, bool):
            return _number(value, path)
        case "flag":
            return _flag(value, path)
        case "release" | "moment" | "period" | "decimal":
            return _written(leaf, value, path)
    raise Invalid(path, f"should be a {leaf.kind}, is {kind_of(value)}", value)


FLAGS = dict.fromkeys(("true", "yes", "oui", "vrai", "1"), True) | dict.fromkeys(
    ("false", "no", "non", "faux", "0"), False
)
# how to write what a text of these kinds has to be
WRITTEN = {
    "release": "is not a day, month or year: write 2025-01-31, 2025-01 or 2025",
    "moment": "is not a moment: write 2025-01-31T14:05:00, with +01:00 after it if the time zone is known, or the day",
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
    """A yes or no, as it is written in English, French or by a computer, as text or as 1 and 0."""
    said = FLAGS.get(str(value).strip().casefold()) if isinstance(value, str | int) else value
    if not isinstance(said, bool):
        raise Invalid(path, "is neither yes nor no: write true or false", value)
    return said


def storable(value: object, path: Location) -> object:
    """The value, if a database can hold it as JSON. Raises Invalid."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise Invalid(path, "holds half a surrogate pair", value) from None
    except ValueError:
        raise Invalid(path, "holds a number that JSON has not", value) from None
    return value


def _whole(leaf: Field, value: object, path: Location) -> int:
    if isinstance(value, Written):
        value = value.text if WHOLE.fullmatch(value.text) else float(value)
    if isinstance(value, str) and (written := WHOLE.fullmatch(value)):
        value = int(written[1])  # a number sent as text is still that number, and so is 10.0
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, str) and GROUPED_WHOLE.fullmatch(value.strip()):
        raise Invalid(path, "is not a whole number: write 1234567, without marks between the thousands", value)
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


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "a flag", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "a number")


def sample_of(value: object) -> str:
    """The beginning of a value, as the ledger shows it."""
    return "" if value is None else plain(str(value)[:200])
