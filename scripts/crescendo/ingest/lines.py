"""The lines of a file: whether DuckDB read all of them, and reading them one by one if it did not.

A quote that is not closed makes the lines after it a part of its value. Reading line by line gives them back: a line
that is a record by itself never belongs to another. So each line is in a record, or is rejected with its number.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crescendo.ingest import arrays, slow_path
from crescendo.ingest.columns import json_roots, scalars
from crescendo.ingest.landing import BLANK, BOM, LARGEST_LINE, LINE_NUMBER, NO_UTF8, Content, Incoming, opened

NUMBERED_LINE = re.compile(rb"(\xef\xbb\xbf)?\d+\t")
OPEN = "has a quote that is not closed, or text around one"
RETURN = "has a carriage return outside quotes: save it with LF or CRLF"
TOO_LONG = f"is longer than {LARGEST_LINE >> 20} MiB"
NOTHING = "is nothing: there is a comma too many"
SHOWN = 200


@dataclass(frozen=True)
class BadLine:
    """A line that is not a record: its number, the column that it breaks in if that is known, and why.

    Of an array, the number is that of the record.
    """

    number: int
    path: str | None
    reason: str
    sample: str


@dataclass
class Lines:
    """What reading a file line by line found: the first line of each record, and the lines that are no record."""

    starts: list[int] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)


def all_read(incoming: Incoming, content: Content, records: int) -> bool:
    """Whether `records`, read or rejected, are as many as a file has lines; cheap where each is one line."""
    header = 1 if incoming.format == "csv" else 0
    if content.line_ends + content.ends_open - header == records:
        return True
    if not incoming.numbered:
        return False
    with opened(incoming) as raw:  # the number tells a record's line, even one that an open quote has swallowed
        return sum(1 for line in raw if NUMBERED_LINE.match(line)) - header == records


def rewrite(incoming: Incoming, target: Path) -> Lines:
    """Read a file line by line, and write its records as a CSV in which every value is quoted."""
    found = Lines()
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        if incoming.header:
            writer.writerow([f"c{number}" for number in range(len(incoming.header))])
        for line in _elements(incoming) if incoming.format == "array" else _Reader(incoming).read():
            if isinstance(line, BadLine):
                found.bad.append(line)
            else:
                number, row = line
                found.starts.append(number)
                writer.writerow(row)
    return found


def _elements(incoming: Incoming) -> Iterator[tuple[int, list[str]] | BadLine]:
    """Every record of an array, with its number, and every one that is no text. Raises arrays.NotWhole."""
    with opened(incoming) as raw:
        for number, sent in enumerate(arrays.records(raw), start=1):
            shown = sent[:SHOWN].decode("utf-8", "replace")
            if len(sent) > LARGEST_LINE:
                yield BadLine(number, None, TOO_LONG, shown)
            elif not sent:
                yield BadLine(number, None, NOTHING, shown)
            else:
                try:
                    yield number, [sent.decode()]
                except UnicodeDecodeError:
                    yield BadLine(number, None, NO_UTF8, shown)


def record_lines(incoming: Incoming, skipped: set[int], wanted: set[int]) -> dict[int, int]:
    """The first line of each wanted record of a file that DuckDB read, by its place (from 1).

    `skipped` are the lines that DuckDB could not read. A slow pass in Python, for records to complain about only.
    """
    lines: dict[int, int] = {}
    if incoming.format not in ("csv", "lines"):
        return lines
    for place, line in enumerate(starts(incoming, skipped), start=1):
        if place in wanted:
            lines[place] = line
            if len(lines) == len(wanted):
                break
    return lines


def starts(incoming: Incoming, skipped: set[int]) -> Iterator[int]:
    """The first line of each record, but for lines that could not be read."""
    return (line for line in _starts(incoming) if line not in skipped)


def _starts(incoming: Incoming) -> Iterator[int]:
    with opened(incoming) as raw:
        texts = (line.decode("utf-8", "replace") for line in raw)
        if incoming.format == "lines":
            yield from (number for number, line in enumerate(texts, start=1) if line.strip())
            return
        csv.field_size_limit(LARGEST_LINE * 8)
        rows, before = csv.reader(texts, delimiter=incoming.delimiter), 0
        for number, row in enumerate(rows):
            if row and number > 0:
                yield before + 1
            before = rows.line_num


def line_at(incoming: Incoming, position: int) -> str:
    """The beginning of the line that holds a byte (from 1); '' in a gzip file."""
    if incoming.gzipped:
        return ""
    with incoming.path.open("rb") as raw:
        start = raw.seek(max(0, position - LARGEST_LINE))
        before = raw.read(position - 1 - start)
        raw.seek(start + before.rfind(b"\n") + 1)
        return raw.readline(SHOWN).decode("utf-8", "replace").rstrip("\r\n")


class _Reader:
    """Reads a file line by line, and gives a line back that belongs to no record before it."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.ahead: list[tuple[int, bytes, bool]] = []  # lines that were given back, the next one last
        self.roots = {root.key for root in json_roots(incoming.document)}
        self.scalars = {} if incoming.mapping else {leaf.key: leaf for leaf in scalars(incoming.document)}
        csv.field_size_limit(LARGEST_LINE * 2)

    def read(self) -> Iterator[tuple[int, list[str]] | BadLine]:
        """Every record, with its line, and every line that is none; blank lines are neither."""
        with opened(self.incoming) as raw:
            self.numbered = self._lines(raw)
            header = self.incoming.format == "csv"
            while line := self._next():
                number, sent, too_long = line
                if number == 1:
                    sent = sent.removeprefix(BOM.encode())
                if not sent.decode("utf-8", "replace").strip():
                    continue
                if header:
                    header = False
                    continue
                yield self._record(number, sent, too_long)

    def _lines(self, raw: IO[bytes]) -> Iterator[tuple[int, bytes, bool]]:
        """Each line, its number, and whether it is longer than any may be: then it is its beginning only."""
        number = 0
        while line := raw.readline(LARGEST_LINE):
            number += 1
            rest = line
            while not rest.endswith(b"\n") and len(rest) == LARGEST_LINE:
                rest = raw.readline(LARGEST_LINE)
            yield number, line, rest is not line

    def _next(self) -> tuple[int, bytes, bool] | None:
        return self.ahead.pop() if self.ahead else next(self.numbered, None)

    def _record(self, number: int, sent: bytes, too_long: bool) -> tuple[int, list[str]] | BadLine:
        shown = sent[:SHOWN].decode("utf-8", "replace").rstrip("\r\n")
        if too_long:
            return BadLine(number, None, TOO_LONG, shown)
        try:
            text = sent.decode()
        except UnicodeDecodeError:
            return BadLine(number, None, NO_UTF8, shown)
        if self.incoming.format == "lines":
            return number, [text.strip(BLANK)]
        taken: list[tuple[int, bytes, bool]] = []
        try:
            row = next(csv.reader(self._continued(text, taken), delimiter=self.incoming.delimiter, strict=True))
        except csv.Error as error:
            self.ahead += reversed(taken)
            if "new-line" in str(error):
                return BadLine(number, None, RETURN, shown)
            return BadLine(number, self._column(text), OPEN, shown)
        if len(row) == len(self.incoming.header):
            return number, row
        self.ahead += reversed(taken)
        if len(row) > len(self.incoming.header):
            return BadLine(number, None, "has too many columns", shown)
        return BadLine(number, self.incoming.header[len(row)], "has too few columns", shown)

    def _continued(self, text: str, taken: list[tuple[int, bytes, bool]]) -> Iterator[str]:
        """A record's first line, and those that follow it while a quote is open."""
        size = len(text)
        yield text
        while line := self._next():
            taken.append(line)
            _, sent, too_long = line
            size += len(sent)
            following = sent.decode("utf-8", "replace")
            if too_long or size > LARGEST_LINE or "\ufffd" in following or self._is_record(following):
                return
            yield following

    def _is_record(self, text: str) -> bool:
        """Whether a line is a record by itself."""
        if self.incoming.numbered:
            return LINE_NUMBER.match(text) is not None
        try:
            row = next(csv.reader([text], delimiter=self.incoming.delimiter, strict=True), [])
        except csv.Error:
            return False
        if len(row) != len(self.incoming.header):
            return False
        return all(self._fits(key, value) for key, value in zip(self.incoming.header, row, strict=True))

    def _fits(self, key: str, value: str) -> bool:
        if key in self.roots:
            return value.strip()[:1] in ("", "[", "{")
        with suppress(slow_path.Invalid):
            return key not in self.scalars or slow_path.check_scalar(self.scalars[key], value) is not None
        return False

    def _column(self, text: str) -> str | None:
        with suppress(csv.Error):
            row = next(csv.reader([text], delimiter=self.incoming.delimiter))
            return self.incoming.header[min(len(row), len(self.incoming.header)) - 1]
        return None
