"""`docs/fields.md` and `docs/sources.md`: every field a source sends, its nesting, and what becomes of it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb

from crescendo.documents.lineage import Lineage, Place, lineage
from crescendo.ingest.flatten import raw_tables
from crescendo.manifest import Relation, models
from crescendo.shapes import Document, Dropped, Entries, Field, Group, Node, Pairs, Rows, Source, Values
from crescendo.warehouse import one, quoted

COMMAND = "Written by `crescendo docs` from the declarations and the models; do not edit."
DECISIONS = {
    "kept": "is in a table that people read, under its own name (as snake case)",
    "renamed": "is called otherwise there, because one name must mean one thing in all sources",
    "regrouped": "stood in a nested object, or beside its like under a name of its own; now in one column",
    "normalised": "has moved to a table with rows of its own, so that each fact is said once",
    "converted": "is there in another unit or form",
    "staged": "is named and cast in staging, for checks and figures, but is in no table that people read",
    "raw only": "is loaded and typed, and can be asked for, but no model reads it yet",
    "dropped": "is known, and not loaded",
}
# why, if a declaration says no more
REASONS = {
    "kept": "Its name says it, in every source.",
    "renamed": "One name means one thing in all sources.",
    "regrouped": "What is alike is in one column.",
    "normalised": "Each fact is said once.",
    "converted": "One unit for all sources.",
    "staged": "A check or a figure needs it, no reader.",
    "raw only": "No question needs it yet.",
    "dropped": "",
}
LATER = {"staged": 1, "raw only": 2, "dropped": 3}
NO_ROW = "-"
# shares in per cent, by place; None if the sample has no such row
Shares = dict[Place, str]


@dataclass(frozen=True)
class Sent:
    """A field as it is sent. `place` is the raw column it lands in (None if dropped), `within` what it is nested in."""

    path: str
    key: str
    kind: str
    note: str
    place: Place | None = None
    within: str = ""


def sent(source: Source, document: Document) -> list[Sent]:
    """Every field of a document, in the order of its declaration."""
    # the object or list of a page is its envelope: what stands in it is not nested yet
    envelope = (
        [node.key for node in document.fields if isinstance(node, Rows | Group)] if document.layout == "page" else []
    )
    found = _walk(document.fields, "", f"{source.schema}.{document.table}", "", "")
    return [
        replace(field, within="") if re.match(rf"({'|'.join(envelope)})(\[\])?\.[^.\[]+$", field.path) else field
        for field in found
    ]


def _walk(nodes: tuple[Node, ...], path: str, table: str, prefix: str, within: str) -> Iterator[Sent]:
    schema = table.split(".")[0]
    for node in nodes:
        here = f"{path}{node.key}"
        match node:
            case Field():
                kind = f"{node.kind}, required" if node.required else node.kind
                yield Sent(here, node.key, kind, node.note, (table, prefix + node.column), within)
            case Dropped():
                yield Sent(here, node.key, "", node.note)
            case Group():
                inner = f"{prefix}{Field(node.key).column}_"
                yield from _walk(node.fields, f"{here}.", table, inner, within or "object")
            case Values():
                place = (f"{schema}.{node.table}", node.value.column)
                yield Sent(f"{here}[]", node.key, node.value.kind, node.note or node.value.note, place, "list")
            case Pairs():
                below = f"{schema}.{node.table}"
                yield Sent(f"{here}.*", node.name, "key", f"{node.note} The key itself.", (below, node.name), "list")
                value = node.value
                yield Sent(f"{here}.*", node.key, value.kind, value.note or node.note, (below, value.column), "list")
            case Rows():
                yield from _walk(node.fields, f"{here}[].", f"{schema}.{node.table}", "", "list")
            case Entries():
                below = f"{schema}.{node.table}" if node.table else table
                yield Sent(f"{here}.*", node.name, "key", f"{node.note} The key itself.", (below, node.name), "list")
                yield from _walk(node.fields, f"{here}.*.", below, "", "list")


def shares(connection: duckdb.DuckDBPyConnection, sources: list[Source]) -> Shares:
    """The share of rows in which a raw column is null or blank, for every raw table that has rows."""
    found: Shares = {}
    known = connection.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
    for source in sources:
        for document in source.documents:
            for table in raw_tables(document):
                name = f"{source.schema}.{table.name}"
                if (name,) in known:
                    own = [column for column in table.columns if column not in table.carried]
                    found |= _shares_of(connection, name, own)
    return found


def _shares_of(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> Shares:
    empty = ", ".join(f"count(*) filter (coalesce({quoted(name)}::varchar, '') = '')" for name in columns)
    total, *counts = one(connection, f"select count(*), {empty} from {table}")
    return {(table, name): _percent(count, total) for name, count in zip(columns, counts, strict=True) if total}


def _percent(count: int, total: int) -> str:
    return "<1 %" if 0 < count < total / 100 else f"{100 * count / total:.0f} %"


# --- decisions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What became of a field, where it ends up, and why."""

    words: tuple[str, ...]
    ends: tuple[Place, ...]
    why: str


class Decisions:
    """What becomes of the fields of all sources, read from the models."""

    def __init__(self, manifest: dict, relations: list[Relation]):
        self.lineage: Lineage = lineage(manifest)
        self.published = {relation.full_name: relation for relation in relations if relation.kind != "function"}
        self.meta = {
            (f"{node['schema']}.{node['name']}", name): column.get("config", {}).get("meta") or column.get("meta") or {}
            for node in models(manifest).values()
            for name, column in node["columns"].items()
        }
        self.layer = {f"{node['schema']}.{node['name']}": node["fqn"][1] for node in models(manifest).values()}

    def of(self, document: list[Sent]) -> dict[Sent, Decision]:
        """The decision on each field of a document."""
        ends = {field: self._ends(field.place) if field.place else () for field in document}
        # the table that most fields of a raw table go to is that of its records
        homes: dict[str, Counter[str]] = defaultdict(Counter)
        for field in document:
            if field.place and not field.within:
                homes[field.place[0]].update(table for table, _ in ends[field])
        home = {table: counts.most_common(1)[0][0] for table, counts in homes.items() if counts}
        shared = Counter(place for field in document for place in ends[field])
        return {
            field: self._decide(field, ends[field], home.get(field.place[0], "") if field.place else "", shared)
            for field in document
        }

    def _ends(self, place: Place) -> tuple[Place, ...]:
        """The nearest tables that hold the value, one column each; else the staging column that reads it."""
        below = self.lineage.below(place, self.lineage.copies)
        held = {to: steps for to, steps in below.items() if self._is_table(to[0])}
        nearest = min(held.values(), default=0)
        chosen: dict[str, Place] = {}
        for to in sorted(to for to, steps in held.items() if steps == nearest):
            same = to[1] in {name for table, name in below if self.layer.get(table) == "staging"}
            if same or to[0] not in chosen:
                chosen[to[0]] = to
        if chosen:
            return tuple(chosen.values())
        made = self.lineage.below(place, self.lineage.reads)
        named = {place[1], *(name for table, name in made if self.layer.get(table) == "staging")}
        units = {to: steps for to, steps in made.items() if self._is_table(to[0]) and _is_unit(to[1], named)}
        if units:
            return tuple(sorted(to for to, steps in units.items() if steps == min(units.values())))
        return tuple(sorted(to for to in self.lineage.reads[place] if self.layer.get(to[0]) == "staging"))

    def _is_table(self, name: str) -> bool:
        relation = self.published.get(name)
        # what was refused, found wrong or restated is evidence, not where a field lives
        evidence = "quarantined" in name or name.startswith("quality.") or name == "metrics.restatements"
        return relation is not None and relation.kind == "table" and not evidence

    def _decide(self, field: Sent, ends: tuple[Place, ...], home: str, shared: Counter[Place]) -> Decision:
        if not field.place:
            return Decision(("dropped",), (), field.note)
        said = next((self.meta[to] for to in self._staged(field.place) if self.meta.get(to)), {})
        why = " ".join(word for word in (field.note, said.get("why", "")) if word)
        if "decision" in said:
            return Decision((said["decision"],), ends, why)
        if not any(self._is_table(table) for table, _ in ends):
            return Decision(("staged" if ends else "raw only",), ends, f"{why}{self._used(field.place)}")
        copies = self.lineage.below(field.place, self.lineage.copies)
        if not any(to in copies for to in ends):
            return Decision(("converted",), ends, why)
        renamed = all(name != Field(field.key).column for _, name in ends)
        # a key is there again under its own name wherever it is referred to
        own = {name for table, name in ends if table == home}
        found = {
            "normalised": field.within == "list" or any(table != home and name not in own for table, name in ends),
            "regrouped": field.within == "object" or any(shared[place] > 1 for place in ends),
            "renamed": renamed,
        }
        return Decision(tuple(word for word, true in found.items() if true) or ("kept",), ends, why)

    def _staged(self, place: Place) -> list[Place]:
        return sorted(to for to in self.lineage.reads[place] if self.layer.get(to[0]) == "staging")

    def _used(self, place: Place) -> str:
        below = self.lineage.below(place, self.lineage.reads)
        users = sorted({table for table, _ in below if table in self.published})
        return f" Used by {', '.join(f'`{name}`' for name in users[:3])}." if users else ""


def _is_unit(name: str, bare: set[str]) -> bool:
    """Whether a column is one of the others in a unit: `duration_seconds` of `duration`."""
    return any(name.startswith(f"{other}_") for other in bare)


# --- pages -----------------------------------------------------------------------------------------------------


def fields_page(sources: list[Source], decisions: Decisions, empty: Shares) -> str:
    """`docs/fields.md`: one line for each field."""
    lines = ["# What becomes of every field", "", COMMAND, ""]
    lines += [f"- **{word}**: {meaning}." for word, meaning in DECISIONS.items()]
    lines += ["", "*Empty* is the share of nulls and blanks in the sample; a dash where it has no row."]
    lines += ["", *contents(sources)]
    for source in sources:
        lines += ["", f"## {source.name}", "", source.note]
        for document in source.documents:
            lines += ["", f"### {source.name}: {document.name}", "", document.note, ""]
            if document.facts:
                asked = ", ".join(f"`asked_{fact}`" for fact in document.facts)
                lines += [f"The request is in the columns {asked} of `{source.schema}.{document.table}`.", ""]
            lines += ["| path | type | empty | decision | ends up in | what it is, and why |"]
            lines += ["| --- | --- | --- | --- | --- | --- |"]
            decided = decisions.of(sent(source, document)).items()
            # what people read comes first, what is not loaded last
            for field, decision in sorted(decided, key=lambda item: LATER.get(item[1].words[0], 0)):
                ends = "<br>".join(f"`{table}.{name}`" for table, name in decision.ends)
                share = empty.get(field.place, NO_ROW) if field.place else ""
                why = " ".join(filter(None, (decision.why, REASONS[decision.words[0]])))
                cells = (f"`{field.path}`", field.kind, share, ", ".join(decision.words), ends, why)
                lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def contents(sources: list[Source]) -> list[str]:
    """A line for each source, with links to its documents."""
    return [
        f"- [{source.name}](#{source.name}): "
        + ", ".join(f"[{d.name}](#{source.name}-{d.name})" for d in source.documents)
        for source in sources
    ]


def shares_in(page: str, sources: list[Source]) -> Shares:
    """The shares that an earlier `docs/fields.md` says, so that it can be checked without the sample."""
    said: dict[tuple[str, str], str] = {}
    heading = ""
    for line in page.splitlines():
        if line.startswith("### "):
            heading = line[4:]
        elif line.startswith("| `"):
            path, _, share, *_ = (cell.strip() for cell in line.strip("| ").split(" | "))
            said[heading, path.strip("`")] = share
    return {
        field.place: said[f"{source.name}: {document.name}", field.path]
        for source in sources
        for document in source.documents
        for field in sent(source, document)
        if field.place and said.get((f"{source.name}: {document.name}", field.path), NO_ROW) != NO_ROW
    }


def sources_page(sources: list[Source]) -> str:
    """`docs/sources.md`: the nesting of each document, as Mermaid diagrams."""
    lines = ["# What the sources send", "", COMMAND, "", "One box for each object; a list or a map holds many of them."]
    lines += ["", *contents(sources)]
    for source in sources:
        lines += ["", f"## {source.name}", "", source.note]
        for document in source.documents:
            kind = "A table: each line is a record." if document.layout == "table" else "A page: one JSON document."
            lines += ["", f"### {source.name}: {document.name}", "", f"{document.note} {kind}", ""]
            lines += ["```mermaid", "erDiagram", *_boxes(document.name, document.name, document.fields), "```"]
    return "\n".join(lines) + "\n"


def _boxes(name: str, label: str, nodes: tuple[Node, ...]) -> Iterator[str]:
    """A Mermaid entity for an object, and those below it."""
    yield f'  "{name}"["{label}"] {{'
    for node in nodes:
        if isinstance(node, Field | Dropped):
            kind, remark = (node.kind, "required" if node.required else "") if isinstance(node, Field) else ("any", "")
            yield f"    {kind} {node.key}" + (f' "{remark}"' if remark else "")
        elif isinstance(node, Values):
            yield f"    {node.value.kind}[] {node.key}"
        elif isinstance(node, Pairs):
            yield f'    {node.value.kind} {node.key} "by {node.name}"'
    yield "  }"
    for node in nodes:
        below = f"{name}.{node.key}"
        match node:
            case Group():
                yield from _boxes(below, node.key, node.fields)
                yield f'  "{name}" ||--|| "{below}" : "object"'
            case Rows():
                yield from _boxes(below, f"{node.key}[]", node.fields)
                yield f'  "{name}" ||--o{{ "{below}" : "list"'
            case Entries():
                yield from _boxes(below, f"{node.key}.*", node.fields)
                yield f'  "{name}" ||--o{{ "{below}" : "map by {node.name}"'
