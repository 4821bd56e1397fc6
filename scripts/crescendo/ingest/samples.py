"""One example of what a file sends and no document declares: its value, or its form alone if it may be a person's."""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from crescendo.ingest.landing import LARGEST_LINE, Incoming, opened
from crescendo.ingest.location import plain
from crescendo.shapes import Document
from crescendo.withheld import shown

LONGEST = 200
LOOKED_AT = 100  # records, for one that has a value
LARGEST_ARRAY = 8 << 20  # bytes of one that is read for its examples


def shown_of(document: Document, value: str | None) -> str | None:
    """The example that the ledger keeps: of people's data 'Xxxx 99' for 'Anna 42', of others the value itself."""
    if value is None:
        return None
    if document.of_people:
        return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", lambda found: "X" if found[0].isupper() else "x", value))
    return shown(value)


def of_fields(file: Incoming, names: set[str]) -> dict[str, str]:
    """The first value of each of these columns or keys that is not blank, as far as the first records show one."""
    found: dict[str, str] = {}
    for record in _of_table(file) if file.format == "csv" else _of_json(file):
        for name in names - found.keys():
            value = record.get(name)
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            if value is not None and said.strip():
                found[name] = plain(said.strip()[:LONGEST])
        if len(found) == len(names):
            break
    return found


def _of_table(file: Incoming) -> Iterator[dict]:
    csv.field_size_limit(LARGEST_LINE * 8)
    with opened(file) as raw, suppress(csv.Error):
        texts = (line.decode("utf-8", "replace") for line in raw)
        for row in islice(csv.reader(texts, delimiter=file.delimiter), 1, 1 + LOOKED_AT):
            yield dict(zip(file.header, row, strict=False))


def _of_json(file: Incoming) -> Iterator[dict]:
    with opened(file) as raw, suppress(ValueError, RecursionError):
        if file.format == "array":
            text = raw.read(LARGEST_ARRAY + 1)
            records = json.loads(text)[:LOOKED_AT] if len(text) <= LARGEST_ARRAY else []
            yield from (record for record in records if isinstance(record, dict))
            return
        for line in islice(raw, LOOKED_AT):
            with suppress(ValueError, RecursionError):
                record = json.loads(line)
                if isinstance(record, dict):
                    yield record
