"""What a user said of the files of a load: which documents they are, and facts of pages that do not say them."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from crescendo.errors import CrescendoError
from crescendo.ingest import mapping
from crescendo.ingest.mapping import Mapping
from crescendo.shapes import Document, Source

Known = tuple[Source, Document]


@dataclass(frozen=True)
class Wanted:
    """What the user said of the files: the documents that they are, and facts of pages that do not say them.

    `every` are all documents; `only` names a source ('soundcharts'), a document ('soundcharts.report') or none ('').
    """

    every: list[Known]
    only: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    mapping: Mapping | None = None

    @cached_property
    def chosen(self) -> list[Known]:
        """The documents that a file may be."""
        return [known for known in self.every if self.allows(known)]

    @cached_property
    def pages(self) -> dict[str, Known]:
        """The documents that are pages, by name."""
        return {known[1].name: known for known in self.every if known[1].layout == "page"}

    def allows(self, known: Known) -> bool:
        """Whether a file may be this document."""
        return self.only in ("", known[0].name, full_name(known))


def wanted(
    sources: dict[str, Source],
    only: str = "",
    *,
    platform: str = "",
    subject: str = "",
    mapped: Path | None = None,
) -> Wanted:
    """The documents that files may be: all, or those of one source or one document; `mapped` names a mapping file.

    Raises CrescendoError if there is no such source or document, or if the mapping file is wrong.
    """
    every = [(source, document) for source in sources.values() for document in source.documents]
    said = {"platform": platform.strip(), "uuid": subject.strip()}
    facts = {fact: value for fact, value in said.items() if value}
    want = Wanted(every, only, facts, mapping.read(mapped, sources) if mapped else None)
    if not want.chosen:
        names = ", ".join([*sources, *map(full_name, every)])
        raise CrescendoError(f"there is no source {only!r}: choose one of {names}")
    return want


def full_name(known: Known) -> str:
    """A document as `--source` takes it: 'soundcharts.report'."""
    return f"{known[0].name}.{known[1].name}"
