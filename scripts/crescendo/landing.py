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
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crescendo.errors import CrescendoError
from crescendo.flatten import json_roots, scalars, text_columns
from crescendo.shapes import Document, Source
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
    """A file that was recognised. `format` is 'csv', 'lines' (NDJSON), 'array' or 'page'."""

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


Documents = list[tuple[Source, Document]]


def documents_of(sources: dict[str, Source], only: str = "") -> Documents:
    """The documents that a file may be: all, or those of one source ('soundcharts'), or one ('soundcharts.report').

    Raises CrescendoError where there is no such source or document.
    """
    every = [(source, document) for source in sources.values() for document in source.documents]
    chosen = [(s, d) for s, d in every if only in ("", s.name, f"{s.name}.{d.name}")]
    if not chosen:
        names = ", ".join([*sources, *(f"{s.name}.{d.name}" for s, d in every)])
        raise CrescendoError(f"there is no source {only!r}: choose one of {names}")
    return chosen


def read(path: Path, documents: Documents, *, named: bool) -> tuple[Incoming, Content] | Refused:
    """What a file is and what it holds, as `recognise` and `content_of` say."""
    incoming = recognise(path, documents, named=named)
    if isinstance(incoming, Refused):
        return incoming
    content = content_of(incoming)
    return content if isinstance(content, Refused) else (incoming, content)


def recognise(path: Path, documents: Documents, *, named: bool) -> Incoming | Refused:
    """What a file is, by its content: its document, its format and, for a CSV, its columns.

    `named` says that somebody chose the documents: a file then need not have all their keys.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            gzipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if gzipped else path.open("rb") as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, zlib.error) as error:
        return Refused(path, f"cannot be read: {_plain(error)}")
    start = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip("\r\n \t")
    if not start:
        return Refused(path, "is empty")
    if start.startswith("<"):
        return Refused(path, "is a web page or XML, perhaps an error page: fetch it again")
    if "\x00" in start.split("\n")[0]:
        return Refused(path, "is not text")
    known = _recognise_json if start[0] in "[{" else _recognise_csv
    return known(path, start, documents, gzipped, size, named=named)


def _plain(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _recognise_csv(
    path: Path, start: str, documents: Documents, gzipped: bool, size: int, *, named: bool
) -> Incoming | Refused:
    line = start.split("\n", 1)[0].rstrip("\r")
    if len(line) >= HEAD // 2:
        return Refused(path, f"has a first line of more than {HEAD // 2} characters: it is no header")
    if "\r" in line:
        return Refused(path, "ends its lines with CR alone: save it with LF or CRLF")
    header = tuple(next(csv.reader([LINE_NUMBER.sub("", line)]), []))
    closest: tuple[list[str], str] | None = None
    tables = [(source, document) for source, document in documents if document.layout == "table"]
    for source, document in tables:
        missing = [column for column in document.signature if column not in header]
        if not missing or (named and len(tables) == 1 and set(header) & set(text_columns(document))):
            twice = sorted({column for column in header if header.count(column) > 1})
            if twice:
                return Refused(path, f"names a column twice: {', '.join(twice)}")
            mixed = "\r\n" in start and re.search(r"[^\r]\n", start) is not None
            numbered = document.line_number_prefix and LINE_NUMBER.match(line) is not None
            return Incoming(path, source, document, "csv", header, gzipped, size, mixed_ends=mixed, numbered=numbered)
        if len(missing) < len(document.signature) and (closest is None or len(missing) < len(closest[0])):
            closest = (missing, f"{source.name}.{document.name}")
    if closest:
        return Refused(path, f"looks like {closest[1]}, but has no column {', '.join(closest[0])}")
    return Refused(path, f"is none of the known documents: its first line begins {line[:60]!r}")


def _recognise_json(
    path: Path, start: str, documents: Documents, gzipped: bool, size: int, *, named: bool
) -> Incoming | Refused:
    facts = request_facts(path)
    fitting = [(s, d) for s, d in documents if d.layout == "page" and d.name == facts["document"]]
    if not fitting:
        keys = _keys(start)
        fitting = [(s, d) for s, d in documents if set(d.signature) <= keys or (named and len(documents) == 1)]
        if not fitting:
            shown = ", ".join(sorted(key for key in keys if "." not in key)[:8])
            return Refused(path, f"is JSON of no known document: its first keys are {shown or 'none'}")
    if len(fitting) > 1:
        names = " or ".join(f"{s.name}.{d.name}" for s, d in fitting)
        return Refused(path, f"may be {names}: say which with --source")
    [(source, document)] = fitting
    facts["document"] = document.name  # a page recognised by its content may be called anything
    asked = tuple(facts.get(fact) for fact in document.facts)
    return Incoming(path, source, document, _json_format(start, path), (), gzipped, size, asked)


def request_facts(path: Path) -> dict[str, str | None]:
    """What a page was asked for: from the request beside it, else from its name (fetch/__init__.py has the layout)."""
    document, *parts = path.name.split(".")[0].split("__")
    facts: dict[str, str | None] = {"document": document, "folder": path.parent.name}
    for part in parts:
        if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})", part):
            facts["from"], facts["to"] = found.groups()
        elif found := re.fullmatch(r"p(\d+)(?:r(\d+))?", part):
            facts["page"], facts["reading"] = str(int(found[1])), found[2] or "1"
        else:
            facts["platform" if "uuid" in facts else "uuid"] = part
    request = path.with_name(path.name.split(".")[0] + ".request.json")
    if request.is_file():
        try:
            said = json.loads(request.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return facts  # the name holds the same
        facts |= {key: str(value) for key, value in said.items() if isinstance(value, str | int)}
    return facts


def _json_format(start: str, path: Path) -> str:
    if start.startswith("["):
        return "array"
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
    return "lines" if rest.lstrip().startswith("{") else "page"


def _keys(start: str) -> set[str]:
    """The keys of the first record as far as the head of the file shows them: 'items', 'items[].date'."""
    keys: set[str] = set()
    stack: list[str] = []
    key = ""
    for token in re.finditer(r'"((?:[^"\\]|\\.)*)"\s*(:?)|[{}\[\]]', start):
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
            keys.add(key)
    return keys


def content_of(incoming: Incoming) -> Content | Refused:
    """Read a file once: its sha256 and its lines. Refuses a gzip file that is cut short or swells without bound."""
    digest = hashlib.sha256()
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
        return Refused(incoming.path, f"cannot be read to its end: {_plain(error)}")
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
    options = f"columns = {{{names}}}, header = true, delim = ',', quote = '\"', escape = '\"'"
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
        rows = csv.reader(stream)
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
