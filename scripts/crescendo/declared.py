"""What is wrong with the declaration of a source: each mistake in one sentence, with its place and what to type."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from crescendo.shapes import KINDS, Document, Endpoint, Entries, Field, Group, Need, Node, Pairs, Rows, Source, Values

# what a page may have been asked for
FACTS = ("document", "uuid", "platform", "list", "from", "to", "day", "page", "reading", "load_date", "folder")
LAYOUTS = ("table", "page")
# kinds that are read from the text of a cell, never from JSON
OF_CELLS = ("period", "decimal")
NAME = re.compile(r"[a-z][a-z0-9_]*")
NODES = ", ".join(node.__name__ for node in get_args(Node))


def near(said: object, known: Iterable[str]) -> str:
    """What somebody may have meant by a word that is not known: the nearest ones, else all."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(str(said), names, n=3, cutoff=0.85)
    close = close or difflib.get_close_matches(str(said), names, n=1, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"choose one of {', '.join(names[:30])}"


def is_declared(fields: tuple[Node, ...], way: list[str]) -> bool:
    """Whether nodes know the key at the end of a way through objects and lists."""
    step, *rest = way
    node = next((node for node in fields if node.key == step), None)
    match node:
        case Group() | Rows():
            return not rest or is_declared(node.fields, rest)
        case Entries():
            return len(rest) < 2 or is_declared(node.fields, rest[1:])
        case Field():
            return not rest or node.kind == "json"
        case _:
            return node is not None


def mistakes(source: Source) -> Iterator[str]:
    """What is wrong with a source, the first mistake of each document."""
    if not isinstance(source.name, str) or not NAME.fullmatch(source.name):
        yield f"the source's name {source.name!r} is not a name: write lower-case letters, digits and underscores"
    if said := _not_all(source.documents, Document, "documents"):
        yield said
        return
    for name in _twice(document.name for document in source.documents):
        yield f"two documents are called {name!r}: give one of them another name"
    for document in source.documents:
        found = next(_of_document(document), None)
        if found:
            yield f"document {document.name!r}: {found}"


def _of_document(document: Document) -> Iterator[str]:
    for what, said in (("name", document.name), ("table", document.table)):
        if not isinstance(said, str) or not re.fullmatch(r"\w[\w-]*" if what == "name" else NAME, said):
            yield f"{what} {said!r} is not a name: write lower-case letters, digits and underscores"
    if document.layout not in LAYOUTS:
        yield f"layout {document.layout!r} is not known: {near(document.layout, LAYOUTS)}"
    if not isinstance(document.endpoint, Endpoint | None):
        yield f'endpoint is {_shown(document.endpoint)}: write Endpoint("/path/{{id}}")'
    yield from _of_nodes(document.fields, "", in_json=document.layout == "page")
    yield from _of_tables(document)
    yield from _of_signature(document)
    yield from _of_facts(document)
    yield from _of_columns(document)


def _of_nodes(fields: tuple[Node, ...], above: str, *, in_json: bool) -> Iterator[str]:
    """Mistakes of nodes and of all that is in them; `above` is the way to them, 'items[].'."""
    where = f"field {above.rstrip('.')}: " if above else ""
    if said := _not_all(fields, get_args(Node), "fields"):
        yield where + said
        return
    for key in _twice(node.key for node in fields):
        yield f"field {above}{key}: is declared twice: remove one"
    for node in fields:
        if not isinstance(node.key, str) or not node.key.strip():
            yield f"{where}a {type(node).__name__} has the key {node.key!r}: write the key as the source sends it"
            return
        yield from (f"field {above}{node.key}: {said}" for said in _of_node(node, in_json=in_json))
        match node:
            case Group():
                yield from _of_nodes(node.fields, f"{above}{node.key}.", in_json=True)
            case Rows():
                yield from _of_nodes(node.fields, f"{above}{node.key}[].", in_json=True)
            case Entries():
                yield from _of_nodes(node.fields, f"{above}{node.key}.*.", in_json=True)


def _of_node(node: Node, *, in_json: bool) -> Iterator[str]:
    """Mistakes of one node, those below it left out."""
    if not isinstance(node.required, bool):
        yield f"required is {node.required!r}: write True or False"
    match node:
        case Field():
            yield from _of_kind(node, in_json=in_json)
        case Values() | Pairs():
            if isinstance(node.value, Field):
                yield from _of_kind(node.value, in_json=True)
            else:
                yield f'value is {node.value!r}: write Field("{node.key}", "count")'
    if isinstance(node, Rows | Values | Pairs) or (isinstance(node, Entries) and node.table):
        table = node.table
        if not isinstance(table, str) or not NAME.fullmatch(table):
            yield f"table {table!r} is not a name: write lower-case letters, digits and underscores"
    if isinstance(node, Entries | Pairs) and not (isinstance(node.name, str) and NAME.fullmatch(node.name)):
        yield f"name {node.name!r} is not a column for its keys: write lower-case letters, digits and underscores"


def _of_kind(leaf: Field, *, in_json: bool) -> Iterator[str]:
    if leaf.kind not in KINDS:
        yield f"kind {leaf.kind!r} is not known: {near(leaf.kind, KINDS)}"
    elif in_json and leaf.kind in OF_CELLS:
        yield f'kind {leaf.kind!r} is for columns of a table: write "text", and cast it in staging'


def _of_tables(document: Document) -> Iterator[str]:
    tables = [document.table, *(table for table in _tables(document.fields) if table)]
    for table in _twice(tables):
        yield f"two lists have the table {table!r}: give one of them another"


def _tables(fields: tuple[Node, ...]) -> Iterator[str]:
    for node in fields:
        if isinstance(node, Rows | Values | Pairs | Entries):
            yield node.table
        if isinstance(node, Group | Rows | Entries):
            yield from _tables(node.fields)


def _of_columns(document: Document) -> Iterator[str]:
    columns = [*_columns(document.fields), *(f"asked_{fact}" for fact in document.facts)]
    for column in _twice(columns):
        yield f'two fields have the column {column!r}: give one of them another name, Field(..., name="...")'
    for column in document.carried:
        if column not in columns:
            yield f"carried column {column!r} is not one of the page's row: {near(column, columns)}"


def _columns(fields: tuple[Node, ...], above: str = "") -> Iterator[str]:
    for node in fields:
        if isinstance(node, Field):
            yield above + node.column
        elif isinstance(node, Group):
            yield from _columns(node.fields, f"{above}{Field(node.key).column}_")


def _of_signature(document: Document) -> Iterator[str]:
    if said := _not_all(document.signature, str, "signature"):
        yield said
        return
    for place in document.signature:
        # a key that is like none may be there to recognise the document only
        known = list(_places(document.fields))
        if not _is_place(document, place) and difflib.get_close_matches(place, known, cutoff=0.6):
            yield f"signature {place!r} is not a declared field: {near(place, _places(document.fields))}"


def _of_facts(document: Document) -> Iterator[str]:
    if document.layout == "table" and (document.facts or document.needs or document.carried):
        yield 'facts, needs and carried are of pages: write layout="page", or remove them'
    if document.facts and (said := _not_all(document.facts, str, "facts")):
        yield said
        return
    for fact in document.facts:
        if fact not in FACTS:
            yield f"fact {fact!r} is not known: {near(fact, FACTS)}"
    if document.needs and (said := _not_all(document.needs, Need, "needs")):
        yield said
        return
    for need in document.needs:
        if need.fact not in document.facts:
            yield f"it needs the fact {need.fact!r}, which is not one of its facts: {near(need.fact, document.facts)}"
        if need.at and not _is_place(document, need.at):
            places = near(need.at, (place.replace("[]", "") for place in _places(document.fields)))
            yield f"it needs the fact {need.fact!r} at {need.at!r}, which is not a declared field: {places}"


def _is_place(document: Document, place: str) -> bool:
    return is_declared(document.fields, [step.removesuffix("[]") for step in place.split(".")])


def _places(fields: tuple[Node, ...], above: str = "") -> Iterator[str]:
    """The ways to all declared fields, as a signature writes them."""
    for node in fields:
        ends = "[]" if isinstance(node, Rows | Values) else ""
        yield f"{above}{node.key}{ends}"
        if isinstance(node, Group | Rows):
            yield from _places(node.fields, f"{above}{node.key}{ends}.")


def _not_all(said: object, kind: type | tuple[type, ...], what: str) -> str:
    """What is wrong with a tuple of things of some kind; '' if nothing is."""
    if not isinstance(said, tuple | list):
        return f"{what} is {_shown(said)}: write a tuple, with a comma behind even one of them: {what}=(...,)"
    if not said:
        return f"{what} is empty: name at least one"
    strange = next((item for item in said if not isinstance(item, kind)), None)
    known = NODES if isinstance(kind, tuple) else 'text, "..."' if kind is str else kind.__name__
    return f"{what} holds {_shown(strange)}: write {known}" if strange is not None else ""


def _shown(said: object) -> str:
    shown = repr(said)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _twice(names: Iterable[object]) -> list[str]:
    return [name for name, count in Counter(map(str, names)).items() if count > 1]
