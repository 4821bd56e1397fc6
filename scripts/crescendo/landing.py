"""What lies in the landing folder: which files may be read, what each of them is, and how DuckDB reads them."""

import codecs
import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crescendo.errors import CrescendoError
from crescendo.flatten import json_roots, scalars, text_columns
from crescendo.shapes import Document, Need, Source
from crescendo.warehouse import text

HEAD, BLOCK = 1 << 16, 1 << 20
# a gzip file may hold this many times its own size once it holds more than SMALL: real reports reach 10 to 30
LARGEST_RATIO, SMALL = 300, 1 << 26
# DuckDB keeps whole lines and whole pages in memory
LARGEST_LINE, LARGEST_PAGE = 1 << 21, 1 << 26
BOM, BLANK = "\ufeff", " \t\r\n"
NUMBERED_LINE = re.compile(rb"(\xef\xbb\xbf)?\d+\t")
LINE_NUMBER = re.compile(r"^\d+\t")


@dataclass(frozen=True)
class Incoming:
    """A file that was recognised. `format` is 'csv', 'lines' (NDJSON), 'array' or 'page'.

    `header` has the declared names of its columns. `facts` are what its pages were asked for, and `options` what a
    page that says nothing of a fact was; `told` is not blank if the facts are not those of the file's name.
    """

    path: Path
    source: Source
    document: Document
    format: str
    header: tuple[str, ...]
    gzipped: bool
    size: int
    facts: tuple[str | None, ...] = ()
    mixed_ends: bool = False
    numbered: bool = False
    delimiter: str = ","
    told: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A file that was not read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Content:
    """What a file holds, unpacked: the sha256 of its bytes, and how many lines end in it (not counted for a page)."""

    sha256: str
    line_ends: int
    ends_open: bool


def find(paths: list[Path]) -> tuple[list[Path], list[Refused]]:
    """The files under the given files and folders, sorted, and those that may not be read.

    Raises CrescendoError where a given path does not exist.
    """
    files, refused = [], []
    for given in paths:
        if not given.exists() and not given.is_symlink():
            raise CrescendoError(f"{given} does not exist: name a file or folder to load")
        root = given if given.is_dir() and not given.is_symlink() else given.parent
        for path in _walk(given):
            reason = _unreadable(path, root.resolve())
            if reason:
                refused.append(Refused(path, reason))
            elif not path.is_dir():
                files.append(path.absolute())
    return sorted(set(files)), refused


def _walk(given: Path) -> Iterator[Path]:
    if given.is_dir() and not given.is_symlink():
        for path in sorted(given.iterdir()):
            # hidden files, half-written files, and the requests that the client keeps beside its pages
            if not path.name.startswith(".") and not path.name.endswith((".tmp", ".request.json")):
                yield from _walk(path)
    else:
        yield given


def _unreadable(path: Path, root: Path) -> str:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return "is a link to a place outside the folder: copy the file, or name its target"
    if not path.exists():
        return "is a link to nothing"
    if not path.is_file():
        return "is not a regular file"
    return ""


def plain_error(error: Exception) -> str:
    """What the system says of a file, without its path."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def content_of(incoming: Incoming) -> Content | Refused:
    """Read a file once: its sha256 and its lines. Refuses a gzip file that is cut short or swells without bound."""
    digest = hashlib.sha256(incoming.told.encode())
    line_ends, unpacked, last = 0, 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with _opened(incoming) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                unpacked += len(block)
                if incoming.format == "page":
                    decoder.decode(block)
                else:
                    line_ends += block.count(b"\n")
                    last = block[-1:]
                if unpacked > max(SMALL, LARGEST_RATIO * incoming.size):
                    return Refused(incoming.path, f"unpacks to more than {LARGEST_RATIO} times its size")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return Refused(incoming.path, "is not UTF-8")
    except (OSError, EOFError, zlib.error) as error:
        return Refused(incoming.path, f"cannot be read to its end: {plain_error(error)}")
    if incoming.format == "page" and unpacked > LARGEST_PAGE:
        return Refused(incoming.path, f"is one JSON document of more than {LARGEST_PAGE >> 20} MiB: split it")
    return Content(digest.hexdigest(), line_ends, last not in (b"\n", b""))


def _opened(incoming: Incoming) -> IO[bytes]:
    return gzip.open(incoming.path) if incoming.gzipped else incoming.path.open("rb")


@dataclass(frozen=True)
class Relation:
    """How DuckDB reads a batch, as `flatten.stage` takes it."""

    sql: str
    columns: dict[str, str]
    broken: str = "null::varchar"
    unknown: str = "null::varchar[]"
    digest: str = ""


def relation(batch: list[Incoming], links: list[Path]) -> Relation:
    """The SQL that reads a batch of files of one document, format and header, through safely named links."""
    read = _csv_relation if batch[0].format == "csv" else _json_relation
    return read(batch[0], listed(links))


def listed(links: list[Path]) -> str:
    """Paths as an SQL list."""
    return "[" + ", ".join(text(str(link)) for link in links) + "]"


def _csv_relation(first: Incoming, files: str) -> Relation:
    names = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(first.header)))
    options = f"columns = {{{names}}}, header = true, delim = {text(first.delimiter)}, quote = '\"', escape = '\"'"
    if first.mixed_ends:  # LF here and CRLF there is more than DuckDB's strict reading bears
        options += ", strict_mode = false"
    sql = f"read_csv({files}, {options}, {_csv_options()})"
    columns = {key: f"c{number}" for number, key in enumerate(first.header) if key in text_columns(first.document)}
    if first.document.line_number_prefix and first.header[0] in columns:
        columns[first.header[0]] = r"regexp_replace(c0, '^\d+\t', '')"
    return Relation(sql, columns)


def _csv_options() -> str:
    # what cannot be read goes to reject_errors with its line, and stops nothing
    return f"auto_detect = false, store_rejects = true, filename = true, max_line_size = {LARGEST_LINE}"


def records(first: Incoming, files: str) -> str:
    """The SQL that reads JSON files as `filename`, `record`: the text of one record."""
    match first.format:
        case "lines":  # a CSV of one column: a broken line stops nothing
            options = "columns = {'record': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''"
            read = f"read_csv({files}, {options}, {_csv_options()})"
            return f"select filename, record from {read} where trim(record, {text(BLANK)}) <> ''"
        case "array":
            options = f"format = 'array', filename = true, maximum_object_size = {LARGEST_LINE * 8}"
            return f"select filename, json::varchar as record from read_json_objects({files}, {options})"
        case _:
            return f"select filename, ltrim(decode(content), {text(BOM)}) as record from read_blob({files})"


def _json_relation(first: Incoming, files: str) -> Relation:
    document = first.document
    if document.layout == "page":
        sql = f"(select * from ({records(first, files)}) inner join batch_files using (filename))"
        asked = {leaf.key: leaf.key for leaf in scalars(document)}
        if first.format != "page":
            asked |= {f"asked_{need.fact}": _needed(need, first) for need in document.needs if need.at}
        digest = "content_sha256" if first.format == "page" else "sha256(record)"
        return Relation(sql, {json_roots(document)[0].key: "record"} | asked, digest=digest)
    keys = text_columns(document)
    known = "[" + ", ".join(text(key) for key in keys) + "]"
    plain = f"json_type(record, {_paths([leaf.key for leaf in scalars(document)])})"
    sound = f"len(keys) = len(list_distinct(keys)) and not list_has_any({plain}, ['OBJECT', 'ARRAY'])"
    sql = f"""(
        select *, case when try(json_type(record) = 'OBJECT' and {sound})
            then json_extract_string(record, {_paths(keys)}) end as sent
        from (select *, try(json_keys(record)) as keys from ({records(first, files)}))
    )"""
    return Relation(
        sql,
        {key: f"sent[{number}]" for number, key in enumerate(keys, start=1)},
        broken="case when sent is null then record end",
        unknown=f"list_filter(keys, lambda k: not list_contains({known}, k))",
    )


def _needed(need: Need, first: Incoming) -> str:
    """SQL: what one of many pages in a file is about: as asked for, else as it says, else as an option says."""
    one, *rest = need.at.split(".")
    places = (f"$.{'.'.join([step, *rest])}" for step in (one, f"{one}[0]"))
    said = ", ".join(f"nullif(json_extract_string(record, {text(place)}), '')" for place in places)
    return f"coalesce(asked_{need.fact}, {said}, {text(first.options.get(need.fact, ''))})"


def _paths(keys: list[str]) -> str:
    return "[" + ", ".join(text("$." + json.dumps(key, ensure_ascii=False)) for key in keys) + "]"


def record_lines(incoming: Incoming, skipped: set[int], wanted: set[int]) -> dict[int, int]:
    """The first line of each wanted record, by its place among the records read (from 1).

    `skipped` are the lines that DuckDB could not read. A slow pass in Python, for records to complain about only.
    """
    lines: dict[int, int] = {}
    with _opened(incoming) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")
        starts = (line for line in _record_starts(incoming, stream) if line not in skipped)
        for place, line in enumerate(starts, start=1):
            if place in wanted:
                lines[place] = line
                if len(lines) == len(wanted):
                    break
    return lines


def _record_starts(incoming: Incoming, stream: io.TextIOBase) -> Iterator[int]:
    if incoming.format == "csv":
        csv.field_size_limit(LARGEST_LINE * 8)
        rows = csv.reader(stream, delimiter=incoming.delimiter)
        before = 0
        for number, row in enumerate(rows):
            if row and number > 0:
                yield before + 1
            before = rows.line_num
    elif incoming.format == "lines":
        yield from (number for number, line in enumerate(stream, start=1) if line.strip(BLANK))


def line_at(incoming: Incoming, position: int) -> str:
    """The beginning of the line that holds a byte (from 1); '' in a gzip file."""
    if incoming.gzipped:
        return ""
    with incoming.path.open("rb") as raw:
        start = raw.seek(max(0, position - LARGEST_LINE))
        before = raw.read(position - 1 - start)
        raw.seek(start + before.rfind(b"\n") + 1)
        return raw.readline(200).decode("utf-8", "replace").rstrip("\r\n")


def lines_lost(incoming: Incoming, content: Content, records: int) -> int:
    """How many lines of a file are in none of the `records` that were read or rejected.

    Lines inside quotes belong to their record; blank lines are none. Cheap where the plain count of lines agrees.
    """
    header = 1 if incoming.format == "csv" else 0
    if content.line_ends + content.ends_open - header == records:
        return 0
    with _opened(incoming) as raw:
        if incoming.numbered:  # the number tells a record's line, even one that an open quote has swallowed
            starts = sum(1 for line in raw if NUMBERED_LINE.match(line)) - header
        else:
            stream = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")
            starts = sum(1 for _ in _record_starts(incoming, stream))
        return max(0, starts - records)
