"""What each file is: its document, its format, its columns and what its page was asked for.

The content tells, and a page's request or name if it has one of the landing layout that `fetch` writes. A shared key
alone does not make a file a declared document: all keys of the signature must be there, and most of the other keys must
be declared.
"""

import csv
import gzip
import json
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

from crescendo.declared import is_declared
from crescendo.errors import CrescendoError
from crescendo.ingest import mapping
from crescendo.ingest.asking import facts_of_name, request_of, stem
from crescendo.ingest.columns import text_columns
from crescendo.ingest.keys import Keys, json_format, keys_of, sample_record
from crescendo.ingest.landing import (
    HEAD,
    LINE_NUMBER,
    NO_UTF16,
    Content,
    Incoming,
    Refused,
    content_of,
    gzipped_oddly,
    plain_error,
)
from crescendo.ingest.mapping import Mapping
from crescendo.ingest.other_kinds import other_kind
from crescendo.ingest.wanted import Known, Wanted, full_name
from crescendo.shapes import Document, Rows

DELIMITERS = ",;\t|"
# characters from the beginning of a landed page that have its first items
GLANCE = 1 << 14
# how a refusal ends if the content of a file is not what `--source` says
BY_MAPPING = "write NAME.mapping.toml beside it, which says what its columns are (docs/runbook.md), or move it away"
NOT_AS_SAID = " as --source says"
# a fact that is missing: its word, its option, an example
FACT_WORDS = {"uuid": ("subject", "--subject", "UUID"), "platform": ("platform", "--platform", "spotify")}


def mapping_of(path: Path, want: Wanted) -> Mapping | None:
    """What says which columns of a file are ours, if anything does. Raises CrescendoError."""
    beside = mapping.beside(path)
    return mapping.read(beside, {source.name: source for source, _ in want.every}) if beside else want.mapping


def read(path: Path, want: Wanted) -> tuple[Incoming, Content] | Refused:
    """What a file is and what it holds, as `recognise` and `content_of` say."""
    incoming = recognise(path, want)
    if isinstance(incoming, Refused):
        return incoming
    content = content_of(incoming)
    if isinstance(content, Refused):
        return content
    unpack = gzipped_oddly(incoming, content)
    return replace(incoming, careful=content.is_odd, unpack=unpack), content


def recognise(path: Path, want: Wanted) -> Incoming | Refused:
    """What a file is, by its content: its document, its format and, for a CSV, its columns."""
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            gzipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if gzipped else path.open("rb") as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError, zlib.error) as error:
        return Refused(path, f"cannot be read: {plain_error(error)}")
    if other := other_kind(head):
        return Refused(path, other)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Refused(path, NO_UTF16)
    start = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip("\r\n \t")
    if not start:
        return Refused(path, "is empty")
    if start.startswith("<") and not sample_record(start):
        return Refused(path, "is a web page or XML, perhaps an error page: fetch it again")
    if "\x00" in start.split("\n")[0]:
        return Refused(path, "is not text")
    try:
        mapped = mapping_of(path, want)
    except CrescendoError as error:
        return Refused(path, f"is not loaded: {error}")
    if mapped:
        return _recognise_mapped(path, start, mapped, gzipped, size)
    if start[0] in "[{":
        return _recognise_json(path, start, want, gzipped, size)
    table = _recognise_csv(path, start, want, gzipped, size)
    # of records, one a line, the first may be broken beyond all likeness
    is_lines = isinstance(table, Refused) and sample_record(start) is not None
    return _recognise_json(path, start, want, gzipped, size, form="lines") if is_lines else table


def _recognise_mapped(path: Path, start: str, mapped: Mapping, gzipped: bool, size: int) -> Incoming | Refused:
    """A file of somebody's own columns; what they are called is all that it has to agree with."""
    form, delimiter = "csv", ","
    header: tuple[str, ...] = ()
    if start[0] in "[{":
        form = json_format(start, path)
        if mapped.is_nested:
            return Refused(
                path, f"is JSON, and {mapped.path.name} is for a CSV: its keys have to be those of the report"
            )
        if form == "page":
            return Refused(path, f"is one JSON document, and {mapped.path.name} is for records, one a line")
        names = [key for key in keys_of(start) if "." not in key]
    else:
        line = start.split("\n", 1)[0].rstrip("\r")
        split: dict[str, list[str]] = {
            mark: next(csv.reader([line], delimiter=mark, skipinitialspace=True), []) for mark in DELIMITERS
        }
        delimiter = max(DELIMITERS, key=lambda mark: len(mapped.found_in(split[mark])))
        names = split[delimiter]
        header = tuple(name.strip() for name in names)
    if reason := mapped.lacking(names):
        return Refused(path, f"is not loaded: {reason}")
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        return Refused(path, f"names a column twice: {', '.join(twice)}")
    return Incoming(
        path,
        mapped.source,
        mapped.document,
        form,
        header,
        gzipped,
        size,
        delimiter=delimiter,
        told=mapped.content,
        mapping=mapped,
        why=f"{mapped.path.name} says which of its columns are which",
    )


# --- tables ------------------------------------------------------------------------------------------------------


def _recognise_csv(path: Path, start: str, want: Wanted, gzipped: bool, size: int) -> Incoming | Refused:
    line = start.split("\n", 1)[0].rstrip("\r")
    if len(line) >= HEAD // 2:
        return Refused(path, f"has a first line of more than {HEAD // 2} characters: it is not a header")
    if "\r" in line:
        return Refused(path, "ends its lines with CR alone: save it with LF or CRLF")
    tables = [known for known in want.every if known[1].layout == "table"]
    known, delimiter, header = max(
        ((known, delimiter, _header(line, delimiter, known[1])) for known in tables for delimiter in DELIMITERS),
        key=lambda found: (_is_signed(found[0][1], found[2]), len(_declared(found[0][1], found[2]))),
    )
    document = known[1]
    if not want.allows(known) and _is_signed(document, header):
        return Refused(path, f"is {full_name(known)} by its columns, not {want.only}{NOT_AS_SAID}")
    # the user said what it is: then it need not have all marks
    said = want.only and [known] == [table for table in tables if want.allows(table)]
    if not _is_signed(document, header) and not (said and _declared(document, header)):
        return Refused(path, _unlike(known, header, line))
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        return Refused(path, f"names a column twice: {', '.join(twice)}")
    numbered = document.line_number_prefix and LINE_NUMBER.match(line) is not None
    marks = ", ".join(column for column in document.signature if column in header)
    why = f"its header has {marks}" if _is_signed(document, header) else f"--source says so, and its header has {marks}"
    return Incoming(
        path, known[0], document, "csv", header, gzipped, size, numbered=numbered, delimiter=delimiter, why=why
    )


def _header(line: str, delimiter: str, document: Document) -> tuple[str, ...]:
    """The columns of a header under their declared names, however they are written; others as they are."""
    declared = {column.casefold(): column for column in text_columns(document)}
    try:
        cells = next(csv.reader([LINE_NUMBER.sub("", line)], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return ()
    return tuple(declared.get(cell.strip().casefold(), cell) for cell in cells)


def _is_signed(document: Document, header: tuple[str, ...]) -> bool:
    return set(document.signature) <= set(header)


def _declared(document: Document, header: tuple[str, ...]) -> set[str]:
    return set(text_columns(document)) & set(header)


def _unlike(known: Known, header: tuple[str, ...], line: str) -> str:
    """Why a header is that of no document; `known` is the one that it shares most columns with."""
    document = known[1]
    missing = [column for column in document.signature if column not in header]
    if len(missing) == len(document.signature):
        return f"is not a known document: its first line begins {line[:60]!r}: {BY_MAPPING}"
    return (
        f"looks like {full_name(known)}, but has no column {', '.join(missing)}"
        f" (expected {', '.join(document.signature)}; found {', '.join(header)[:200]})"
    )


# --- pages and other JSON ----------------------------------------------------------------------------------------


def _recognise_json(
    path: Path, start: str, want: Wanted, gzipped: bool, size: int, form: str = ""
) -> Incoming | Refused:
    form = form or json_format(start, path)
    keys = Keys(path, (form == "lines" and sample_record(start)) or start, gzipped)
    beside = request_of(path)
    request = beside.facts
    called, layout, _ = stem(path).partition("__")
    requested = request.get("document") or ""
    known = _document_of(keys, want, requested or called, landed=bool(layout or request))
    if requested in want.pages and known != want.pages[requested]:
        known = _not_as_requested(keys, want, requested, path) or known
    if isinstance(known, str):
        return Refused(path, beside.refused(f"{known}. It is {keys.cut_off}" if keys.cut_off else known))
    source, document = known
    named = facts_of_name(path, document)
    asked = named | request | {"document": document.name}
    missing = []
    for need in (need for need in document.needs if not asked.get(need.fact)):
        if form != "page" and need.at:
            continue  # each of its pages says it
        asked[need.fact] = (need.at and keys.said(need.at)) or want.facts.get(need.fact)
        missing += [] if asked[need.fact] else [need.fact]
    if missing:
        return Refused(path, beside.refused(_lacks(known, path, missing)))
    facts = tuple(asked.get(fact) for fact in document.facts)
    told = "" if facts == tuple(named.get(fact) for fact in document.facts) else repr(facts)
    if form != "page" and not all(asked.get(need.fact) for need in document.needs):
        told += repr(want.facts)  # what some of its pages may lack
    note = beside.noted(want.pages, keys, document, named)
    why = _why(document, requested, called if layout or request else "")
    return Incoming(
        path, source, document, form, (), gzipped, size, facts, told=told, options=want.facts, note=note, why=why
    )


def _why(document: Document, requested: str | None, called: str) -> str:
    """What a JSON file was recognised by: the request beside it, its name, or its keys."""
    if requested == document.name:
        return "the request beside it says so, and its keys agree"
    if called == document.name:
        return f"its name begins with {called}, and its keys agree"
    return f"it has the keys {', '.join(document.signature)}"


def _document_of(keys: Keys, want: Wanted, called: str, *, landed: bool) -> Known | str:
    """The document of a JSON file, by its name or its keys; else the reason for refusing it.

    `landed` says that a request or a name of the landing layout calls it so, not a word that anybody may use.
    """
    named = want.pages.get(called)
    if named and landed and _is_shown(named[1], keys.start[:GLANCE]):
        return named if want.allows(named) else _contradicts([named], want, "name")
    fitting = _fitting(want.every, keys.head)
    if named and _resembles(named[1], keys.head):
        if not _fits_better(fitting, named, keys.head):
            return named if want.allows(named) else _contradicts([named], want, "name")
        if landed:
            return f"is called {full_name(named)}, but is {_any_of(fitting)} by its keys: give it another name"
    return _by_keys(keys, want, fitting or _fitting(want.every, keys.whole))


def _not_as_requested(keys: Keys, want: Wanted, requested: str, path: Path) -> str:
    """Why a page is not what the request beside it asked for; '' if its keys are those of no other document."""
    fitting = _fitting(want.every, keys.head) or _fitting(want.every, keys.whole)
    if not fitting:
        return ""
    name = f"{stem(path)}.request.json"
    return (
        f"is {_any_of(fitting)} by its keys, but {name} says document {requested!r}:"
        f" write {json.dumps({'document': fitting[0][1].name})} there, or put the page that it asked for beside it"
    )


def _by_keys(keys: Keys, want: Wanted, fitting: list[Known]) -> Known | str:
    """The one document that fits a file's keys and may be meant; else why there is none."""
    only = want.chosen[0] if len(want.chosen) == 1 else None
    if not fitting:
        return only if only and _resembles(only[1], keys.head) else _nearest(want, keys.head)
    chosen = [known for known in fitting if want.allows(known)]
    if not chosen and only and only[1].table in {document.table for _, document in fitting}:
        return only  # an older form, which its name alone tells apart
    if not chosen:
        return _contradicts(fitting, want, "keys")
    if len(chosen) > 1:
        return f"may be {_any_of(chosen)}: say which with --source, or name the file {chosen[0][1].name}__...json"
    return chosen[0]


def _is_shown(document: Document, glance: str) -> bool:
    """Whether the first lines of a landed page have the keys of its signature, and a list that holds its items."""
    marks = Counter(place.rpartition(".")[2].removesuffix("[]") for place in document.signature if "." in place)
    shown = all(glance.count(f'"{key}"') >= number for key, number in marks.items())
    return shown and any(f'"{key}"' in glance for key in _holders(document))


def _fits_better(fitting: list[Known], named: Known, keys: dict[str, str | None]) -> bool:
    """Whether what a file is called knows less of its keys than what it fits, a document of another table."""
    others = [known for known in fitting if known[1].table != named[1].table]
    return bool(others) and len(undeclared(others[0][1], keys)) < len(undeclared(named[1], keys))


def _contradicts(found: list[Known], want: Wanted, by: str) -> str:
    return f"is {_any_of(found)} by its {by}, not {want.only}{NOT_AS_SAID}"


def _any_of(found: list[Known]) -> str:
    return " or ".join(map(full_name, found))


def _resembles(document: Document, keys: dict[str, str | None]) -> bool:
    """Whether keys are mostly those of a document, and one of them holds its data."""
    strange = undeclared(document, keys)
    below = {key for key in keys for above in strange if key.startswith((f"{above}.", f"{above}["))}
    return bool(_holders(document) & keys.keys()) and 2 * len(strange) <= len(keys) - len(below)


def _holders(document: Document) -> set[str]:
    return {node.key for node in document.fields if node.required or isinstance(node, Rows)}


def undeclared(document: Document, keys: dict[str, str | None]) -> list[str]:
    """The keys that a document does not declare; not those below them."""
    steps = {key: [step.removesuffix("[]") for step in key.split(".")] for key in keys}
    return [
        key
        for key, way in steps.items()
        if not is_declared(document.fields, way) and (len(way) == 1 or is_declared(document.fields, way[:-1]))
    ]


def _fitting(every: list[Known], keys: dict[str, str | None]) -> list[Known]:
    """The documents whose signature is in the keys, those that declare most of them."""
    found = [known for known in every if set(known[1].signature) <= keys.keys() and _resembles(known[1], keys)]
    strange = [len(undeclared(known[1], keys)) for known in found]
    return [known for known, count in zip(found, strange, strict=True) if count == min(strange)]


def _nearest(want: Wanted, keys: dict[str, str | None]) -> str:
    """Why JSON is that of no document, and of which it is nearly."""
    shown = ", ".join(sorted(key for key in keys if "." not in key)[:8]) or "none"
    near = max(want.chosen, key=lambda known: _nearness(known[1], keys))
    lacking = [place for place in near[1].signature if place not in keys]
    if not _nearness(near[1], keys)[0]:
        return f"is JSON of no known document: its first keys are {shown}: {BY_MAPPING}"
    named = full_name(near)
    if not lacking:
        strange = ", ".join(undeclared(near[1], keys)[:8])
        return (
            f"is JSON of no known document: its first keys are {shown}; nearest is {named}, which knows nothing of"
            f" {strange}: {BY_MAPPING}"
        )
    return (
        f"is JSON of no known document: its first keys are {shown}; nearest is {named}, which has"
        f" {', '.join(lacking)} too: {BY_MAPPING}"
    )


def _nearness(document: Document, keys: dict[str, str | None]) -> tuple[float, int]:
    """The share of a document's signature that is in the keys; then, how few of them it does not know."""
    held = sum(place in keys for place in document.signature)
    return held / len(document.signature), -len(undeclared(document, keys))


def _lacks(known: Known, path: Path, missing: list[str]) -> str:
    """What a page does not say and its document needs, and how to say it."""
    words = [FACT_WORDS.get(fact, (fact, "", "...")) for fact in missing]
    options = " ".join(f"{option} {example}" for _, option, example in words if option)
    said = json.dumps({fact: example for fact, (*_, example) in zip(missing, words, strict=True)})
    name = "__".join([known[1].name, *(f"<{FACT_WORDS.get(need.fact, (need.fact,))[0]}>" for need in known[1].needs)])
    request = f"write {said} into {stem(path)}.request.json beside it"
    ways = ", ".join([*([f"add {options}"] if options else []), request])
    lacking = " and ".join(word for word, *_ in words)
    return f"is {full_name(known)}, but nothing says its {lacking}: {ways}, or name it {name}.json"
