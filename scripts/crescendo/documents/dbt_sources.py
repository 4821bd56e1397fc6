"""`_<source>__sources.yml`: what dbt is told of the raw tables, written from the declarations."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from crescendo.documents.fields import sent
from crescendo.ingest.flatten import LOADER_COLUMNS, raw_tables
from crescendo.shapes import Document, Entries, Group, Node, Pairs, Rows, Source, Values

HEAD = "# Written by `crescendo docs` from scripts/crescendo/sources/{name}/shapes.py; do not edit.\n"
# columns that models/columns.md describes once for all
SHARED = {*LOADER_COLUMNS, "_parent_row_id", "_items_index"}
ASKED = {
    "asked_document": "Which answer of the API it is.",
    "asked_uuid": "Uuid that was asked for.",
    "asked_platform": "Platform that was asked for.",
    "asked_from": "First day that was asked for.",
    "asked_to": "Last day that was asked for.",
    "asked_page": "Page of the listing that was asked for, from 1; null if a page lies without its request.",
    "asked_reading": "Reading of the listing that the page is of, from 1.",
    "asked_load_date": "Load date that was asked for; null if a page lies without its request.",
    "asked_folder": "Name of the folder that the page lay in, the day of asking.",
}
WIDTH = 110


def path_of(source: Source) -> Path:
    """The file of a source, from the project's folder."""
    return Path("models", "staging", source.name, f"_{source.name}__sources.yml")


def sources_yaml(source: Source) -> str:
    """The text of the file: every raw table and column with its type, a table that documents share once."""
    lines = ["sources:", f"  - name: {source.schema}", *_described(source.note, 4), "    tables:"]
    told: set[str] = set()
    for document in source.documents:
        notes = {field.place: field.note for field in sent(source, document) if field.place}
        about = _grains(document)
        for table in raw_tables(document):
            if table.name in told:
                continue
            told.add(table.name)
            lines += [f"      - name: {table.name}", *_described(about[table.name], 8), "        columns:"]
            for name, kind in table.columns.items():
                note = notes.get((f"{source.schema}.{table.name}", name)) or _own(name)
                lines += [f"          - name: {name}", *_described(note, 12), f"            data_type: {kind.lower()}"]
    return HEAD.format(name=source.name) + "\n".join(lines) + "\n"


def _grains(document: Document) -> dict[str, str]:
    """What a row of each raw table is, by the table's name."""
    unit = "page" if document.layout == "page" else "record"
    below = {table: f"One row per record and item of its list. {note}" for table, note in _children(document.fields)}
    return {document.table: f"One row per {unit}. {document.note}"} | below


def _children(nodes: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, Rows | Values | Entries | Pairs) and node.table:
            yield node.table, node.note
        if isinstance(node, Group | Rows | Entries):
            yield from _children(node.fields)


def _own(column: str) -> str:
    """The description of a column that no field is read into."""
    if column in SHARED:
        return f"{{{{ doc('{column}') }}}}"
    above = column.removeprefix("_").removesuffix("_index")
    if not column.endswith("_index"):
        return ASKED.get(column) or f"Of the page that the row is from: its `{column}`."
    return f"Place of the row's item in its list `{above}`, from 1."


def _described(text: str, indent: int) -> list[str]:
    """The description's lines: on one if it fits, quoted if YAML would read it otherwise."""
    space, text = " " * indent, " ".join(text.split())
    if len(text) + indent + len("description: ") > WIDTH:
        return [
            f"{space}description: >",
            *textwrap.wrap(text, WIDTH, initial_indent=space + "  ", subsequent_indent=space + "  "),
        ]
    is_plain = text and text[0].isalnum() and ": " not in text and " #" not in text and not text.endswith(":")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return [f"{space}description: {text}" if is_plain else f'{space}description: "{escaped}"']


def stale_sources(sources: list[Source], root: Path = Path()) -> list[Path]:
    """The files that do not say what the declarations say."""
    files = ((root / path_of(source), sources_yaml(source)) for source in sources)
    return [path for path, text in files if not path.is_file() or path.read_text() != text]
