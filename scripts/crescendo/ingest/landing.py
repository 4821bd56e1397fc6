"""Files of the landing folder: which of them may be read, what they hold, and how DuckDB reads them."""

import codecs
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from crescendo.errors import CrescendoError
from crescendo.ingest.columns import json_roots, scalars, text_columns
from crescendo.ingest.mapping import ENDING, Mapping
from crescendo.shapes import Document, Need, Source
from crescendo.warehouse import text

BLANKS = 4096  # the most white space between the last comma and the end of an array
HEAD, BLOCK = 64 << 10, 1 << 20  # bytes that are read to recognise a file, and at a time
# a gzip file may hold this many times its own size once it holds more than SMALL: real reports reach 10 to 30
LARGEST_RATIO, SMALL = 300, 64 << 20
# DuckDB keeps whole lines and whole pages in memory
LARGEST_LINE, LARGEST_PAGE = 2 << 20, 64 << 20
# not read as Windows-1252: a file with one damaged letter would be taken for one, and all its letters spoilt
NO_UTF8 = "is not UTF-8: save the file as UTF-8, as by iconv -f windows-1252 -t utf-8 OLD > NEW"
NO_UTF16 = "is UTF-16: save the file as UTF-8, as by iconv -f utf-16 -t utf-8 OLD > NEW"
BOM, BLANK = "\ufeff", " \t\r\n"
# any white space of Unicode, as Python's strip() has it
NOT_BLANK = r"[^\s\x0b\x1c-\x1f\x{85}\p{Z}]"
LINE_NUMBER = re.compile(r"^\d+\t")


@dataclass(frozen=True)
class Incoming:
    """A file that was recognised. `format` is 'csv', 'lines' (NDJSON), 'array' or 'page'.

    `header` has the declared names of its columns. `facts` are what its pages were asked for, and `options` what a
    page that says nothing of a fact was; `told` is not blank if the facts are not those of the file's name.
    `careful` is a file that is read line by line (`lines.py`), `unpack` a gzip file that only Python reads. `note` is
    what there is to know of a file that is loaded, `why` what it was recognised by.
    """

    path: Path
    source: Source
    document: Document
    format: str
    header: tuple[str, ...]
    gzipped: bool
    size: int
    facts: tuple[str | None, ...] = ()
    numbered: bool = False
    careful: bool = False
    unpack: bool = False
    delimiter: str = ","
    told: str = ""
    options: dict[str, str] = field(default_factory=dict)
    mapping: Mapping | None = None
    note: str = ""
    why: str = ""

    @property
    def known_columns(self) -> list[str]:
        """The columns or keys that are read, by their names in the file."""
        return self.mapping.columns if self.mapping else text_columns(self.document)


@dataclass(frozen=True)
class Refused:
    """A file that was not read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Content:
    """What a file holds, unpacked: the sha256 of its bytes, and how many lines end in it (not counted for a page).

    `is_odd` says that it has carriage returns elsewhere than before every line feed, or a line beyond all measure;
    for an array, that there is a comma before its end.
    """

    sha256: str
    line_ends: int
    ends_open: bool
    is_odd: bool = False
    size: int = 0


def find(paths: list[Path]) -> tuple[list[Path], list[Refused]]:
    """The files under the given files and folders, sorted, and those that may not be read.

    Raises CrescendoError if a given path does not exist.
    """
    files, refused = [], []
    for given in paths:
        if not _is_there(given):
            raise CrescendoError(f"{shown(given)} does not exist: name a file or folder to load")
        root = given if given.is_dir() and not given.is_symlink() else given.parent
        for path in _walk(given):
            if isinstance(path, Refused):
                refused.append(path)
                continue
            reason = _unreadable(path, root.resolve())
            if reason:
                refused.append(Refused(path, reason))
            elif not path.is_dir():
                files.append(path.absolute())
    return sorted(set(files)), refused


def shown(path: Path | str) -> str:
    """A path as it may be printed and stored: bytes that are not UTF-8 and control codes as escapes."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def size_of(path: Path) -> int:
    """The bytes of a file; 0 if it is none, or may not be asked."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def _is_there(given: Path) -> bool:
    try:
        return given.exists() or given.is_symlink()
    except OSError as error:
        raise CrescendoError(f"{shown(given)} cannot be read: {plain_error(error)}") from None


def _walk(given: Path) -> Iterator[Path | Refused]:
    waiting = [given]
    while waiting:
        path = waiting.pop()
        try:
            if path.is_symlink() or not path.is_dir():
                yield path
                continue
            inside = sorted(path.iterdir(), reverse=True)
        except OSError as error:
            yield Refused(path, f"cannot be read: {plain_error(error)}")
            continue
        waiting += [
            p for p in inside if not p.name.startswith(".") and not p.name.endswith((".tmp", ".request.json", ENDING))
        ]


def _unreadable(path: Path, root: Path) -> str:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root) and path.exists():
            return "is a link to a place outside the folder: copy the file, or name its target"
        if not path.exists():
            return "is a link to nothing: put its target back, or remove the link"
        if not path.is_file():
            return "is not a regular file"
        str(path).encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8: rename it"
    except RuntimeError:
        return "is a link in a circle"
    except OSError as error:
        return f"cannot be read: {plain_error(error)}"
    return ""


def plain_error(error: Exception) -> str:
    """What the system says of a file, without its path."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


class _Tally:
    """Counts the ends of lines, in blocks of bytes."""

    def __init__(self) -> None:
        self.line_ends = self.returns = self.both = 0
        self.last, self.endless = b"", False

    def add(self, block: bytes) -> None:
        ends = block.count(b"\n")
        self.line_ends += ends
        self.endless = self.endless or (not ends and len(block) == BLOCK)
        if b"\r" in block or self.last == b"\r":
            self.returns += block.count(b"\r")
            self.both += (self.last + block).count(b"\r\n")
        self.last = block[-1:]

    @property
    def is_odd(self) -> bool:
        return self.endless or self.returns != self.both or self.both not in (0, self.line_ends)


def content_of(incoming: Incoming) -> Content | Refused:
    """Read a file once: its sha256 and its lines. Refuses a gzip file that is cut short or swells without bound."""
    digest, tally = hashlib.sha256(incoming.told.encode()), _Tally()
    unpacked, tail = 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opened(incoming) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                unpacked += len(block)
                if incoming.format == "page":
                    decoder.decode(block)
                else:
                    tally.add(block)
                    tail = b"".join((tail + block[-BLANKS:]).split())[-2:]
                if unpacked > max(SMALL, LARGEST_RATIO * incoming.size):
                    return Refused(incoming.path, f"unpacks to more than {LARGEST_RATIO} times its size")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return Refused(incoming.path, NO_UTF8)
    except (OSError, EOFError, zlib.error) as error:
        return Refused(incoming.path, f"cannot be read to its end: {plain_error(error)}")
    if incoming.format == "page" and unpacked > LARGEST_PAGE:
        return Refused(incoming.path, f"is one JSON document of more than {LARGEST_PAGE >> 20} MiB: split it")
    if incoming.format == "array" and tail[-1:] == b",":  # DuckDB takes that for the end
        return Refused(incoming.path, "is not a whole JSON array: it ends with a comma")
    is_odd = tail == b",]" if incoming.format == "array" else incoming.format != "page" and tally.is_odd
    return Content(digest.hexdigest(), tally.line_ends, tally.last not in (b"\n", b""), is_odd, unpacked)


def gzipped_oddly(incoming: Incoming, content: Content) -> bool:
    """Whether a gzip file has several members, more in its header than a name, or something behind it."""
    if not incoming.gzipped:
        return False
    with incoming.path.open("rb") as raw:
        flags = raw.read(4)[3]
        raw.seek(-4, io.SEEK_END)
        return flags not in (0, 8) or int.from_bytes(raw.read(), "little") != content.size % 2**32


def opened(incoming: Incoming) -> IO[bytes]:
    """A file's bytes, unpacked."""
    return cast(IO[bytes], gzip.open(incoming.path)) if incoming.gzipped else incoming.path.open("rb")


@dataclass(frozen=True)
class Relation:
    """How DuckDB reads a batch.

    `sql` is a relation with a column `filename`. `columns` are SQL of the declared keys over it, without those that are
    not sent; `broken` is the text of a record that is no JSON object, else null; `unknown` its undeclared keys, as a
    list; `digest` what identifies a record together with its scalars, if its typed reading does not.
    """

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
    delimiter = text("," if first.careful else first.delimiter)
    options = f"columns = {{{names}}}, header = true, delim = {delimiter}, quote = '\"', escape = '\"'"
    sql = f"read_csv({files}, {options}, {_csv_options(first)})"
    columns = {key: f"c{number}" for number, key in enumerate(first.header)}
    if first.mapping:
        return Relation(sql, first.mapping.expressions(columns))
    columns = {key: place for key, place in columns.items() if key in text_columns(first.document)}
    if first.document.line_number_prefix and first.header[0] in columns:
        columns[first.header[0]] = r"regexp_replace(c0, '^\d+\t', '')"
    return Relation(sql, columns)


def _csv_options(first: Incoming) -> str:
    # what cannot be read goes to reject_errors with its line, and stops nothing; a copy has more quotes
    options = "auto_detect = false, store_rejects = true, filename = true"
    if first.careful:
        return rf"{options}, max_line_size = {LARGEST_LINE * 3}, new_line = '\n'"
    return f"{options}, max_line_size = {LARGEST_LINE}"


def records(first: Incoming, files: str) -> str:
    """The SQL that reads JSON files as `filename`, `record`: the text of one record."""
    match first.format:
        case "lines" | "array" if first.format == "lines" or first.careful:
            # a CSV of one column: a broken line stops nothing
            options = "columns = {'record': 'VARCHAR'}, header = false, "
            options += r"""quote = '"', escape = '"' """ if first.careful else "delim = '\x01', quote = '', escape = ''"
            read = f"read_csv({files}, {options}, {_csv_options(first)})"
            return f"select filename, record from {read} where regexp_matches(record, {text(NOT_BLANK)})"
        case "array" if not first.careful:
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
    keys = first.known_columns
    known = "[" + ", ".join(text(key) for key in keys) + "]"
    flat = "types" if first.mapping else f"types[:{len(scalars(document))}]"  # the roots may be nested
    # DuckDB rewrites a number under a text, and accepts a comma before a closing bracket
    texts = [number for number, leaf in enumerate(scalars(document), 1) if leaf.kind == "text" and not first.mapping]
    odd = " or ".join(f"types[{number}] in ('DOUBLE', 'BOOLEAN')" for number in texts) or "false"
    # DuckDB reads a text anew for each function. A record that has as many declared keys as keys has each of them once,
    # and no other: to see that takes a fraction of what it takes to compare the keys
    sql = f"""(
        select *, case when try(is_object and has_keys_once
                and not list_contains({flat}, 'OBJECT') and not list_contains({flat}, 'ARRAY')
                and not coalesce({odd}, false) and not regexp_matches(record, ',\\s*[\\]}}]'))
            then json_extract_string(record, {_paths(keys)}) end as sent
        from (
            select *, list_count(types) = len(keys) as is_plain,
                case when len(keys) > 0 then true else try(json_type(record) = 'OBJECT') end as is_object,
                case when list_count(types) = len(keys) then true
                    else len(keys) = len(list_distinct(keys)) end as has_keys_once
            from (
                select *, try(json_keys(record)) as keys, try(json_type(record, {_paths(keys)})) as types
                from ({records(first, files)})
            )
        )
    )"""
    columns = {key: f"sent[{number}]" for number, key in enumerate(keys, start=1)}
    return Relation(
        sql,
        first.mapping.expressions(columns) if first.mapping else columns,
        broken="case when sent is null then record end",
        unknown=f"case when is_plain then [] else list_filter(keys, lambda k: not list_contains({known}, k)) end",
    )


def _needed(need: Need, first: Incoming) -> str:
    """SQL: what one of many pages in a file is about: as asked for, else as it says, else as an option says."""
    one, *rest = need.at.split(".")
    places = (f"$.{'.'.join([step, *rest])}" for step in (one, f"{one}[0]"))
    said = ", ".join(f"nullif(try(json_extract_string(record, {text(place)})), '')" for place in places)
    return f"coalesce(asked_{need.fact}, {said}, {text(first.options.get(need.fact, ''))})"


def _paths(keys: list[str]) -> str:
    return "[" + ", ".join(text("$." + json.dumps(key, ensure_ascii=False)) for key in keys) + "]"
