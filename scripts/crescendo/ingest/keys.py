"""The keys of a JSON file, as far as they tell what it is, without reading more of it than is needed."""

import gzip
import json
import re
from functools import cached_property
from pathlib import Path

from crescendo.ingest.broken import CUT_OFF, ends_early
from crescendo.ingest.landing import LARGEST_PAGE

OUTLINED = 5  # items of a list that tell its keys
TRIED = 50  # lines that are looked at for the first record


class Keys:
    """The keys of a file's first record, each with its first plain text: 'items', 'items[].date'.

    Most pages tell what they are in their head; only one that does not is read to its end.
    """

    def __init__(self, path: Path, start: str, gzipped: bool) -> None:
        self.path, self.start, self.gzipped = path, start, gzipped

    @cached_property
    def head(self) -> dict[str, str | None]:
        """Those of the head of the file."""
        return keys_of(self.start)

    @cached_property
    def whole(self) -> dict[str, str | None]:
        """Those of the whole page; none if it is no JSON, or a list of records."""
        if self.start.startswith("["):
            return {}
        content = self._content()
        try:
            return outline(json.loads(content)) if len(content) <= LARGEST_PAGE else {}
        except (ValueError, RecursionError):
            return {}

    @cached_property
    def cut_off(self) -> str:
        """What to say of a page or a list that ends too early; '' if it does not."""
        try:
            json.loads(self._content())
        except json.JSONDecodeError as error:
            return CUT_OFF if ends_early(error) else ""
        except (ValueError, RecursionError):
            return ""
        return ""

    def _content(self) -> bytes:
        with gzip.open(self.path) if self.gzipped else self.path.open("rb") as stream:
            return stream.read(LARGEST_PAGE + 1)

    def said(self, at: str) -> str | None:
        """The text at a place ('related.uuid'), in an object or in a list of one."""
        for keys in (self.head, self.whole):
            for key, value in keys.items():
                if value and key.replace("[]", "") == at:
                    return value
        return None


def json_format(start: str, path: Path) -> str:
    """How records follow each other: 'array', 'lines', or one that is a 'page'."""
    if start.startswith("["):
        return "array" if sample_record(start) is None else "lines"
    if path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return "lines"
    if "\n" not in start:
        return "page"
    try:
        end = json.JSONDecoder().raw_decode(start)[1]
        if "\n" in start[:end]:
            return "page"
        rest = start[end:]
    except (ValueError, RecursionError):
        rest = start.partition("\n")[2]  # the first record is longer than the head, or broken
    return "lines" if rest.lstrip().startswith("{") or sample_record(start) is not None else "page"


def sample_record(start: str) -> str | None:
    """The longest of the first lines that are records, if half of them or more are; None of what is no such list.

    At least two have to be, since a page may be one line. In a page that is laid out in lines, an item ends with a
    comma, but for the last.
    """
    lines = [line for line in start.split("\n", TRIED)[:TRIED] if line.strip()]
    whole = [line for line in lines if _is_record(line)]
    return max(whole, key=len) if len(whole) > 1 and 2 * len(whole) >= len(lines) else None


def _is_record(line: str) -> bool:
    try:
        return line.lstrip().startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def keys_of(start: str) -> dict[str, str | None]:
    """The keys of the first record as far as a text shows them, each with its first plain text."""
    keys: dict[str, str | None] = {}
    stack: list[str] = []
    key = ""
    for token in re.finditer(r'"((?:[^"\\]|\\.)*+)(?:"\s*(:?)|\\?$(?!.))|[{}\[\]]', start, re.DOTALL):
        mark = token.group(0)
        if mark == "{":
            stack.append(f"{key}." if key else "")
            key = ""
        elif mark == "[":
            # an array of records is the same as its records
            stack.append(f"{key}[]" if key else "")
            key = stack[-1]
        elif mark in "}]":
            if not stack or (stack.pop() == "" and mark == "}"):
                break
            key = stack[-1] if stack and stack[-1].endswith("[]") else ""
        elif token.group(2):
            key = (stack[-1] if stack else "") + token.group(1)
            keys.setdefault(key, None)
        elif key in keys and keys[key] is None:
            keys[key] = _unescaped(mark)
    return keys


def _unescaped(quoted: str) -> str | None:
    try:
        return json.loads(quoted)
    except ValueError:
        return None


def outline(record: object, key: str = "") -> dict[str, str | None]:
    """The same as `keys_of`, of JSON that was read."""
    keys: dict[str, str | None] = {}
    if isinstance(record, dict):
        for name, value in record.items():
            here = f"{key}.{name}" if key else name
            keys.setdefault(here, value if isinstance(value, str) else None)
            keys |= {k: v for k, v in outline(value, here).items() if k not in keys}
    elif isinstance(record, list):
        for item in record[:OUTLINED]:
            keys |= {k: v for k, v in outline(item, f"{key}[]" if key else "").items() if k not in keys}
    return keys
