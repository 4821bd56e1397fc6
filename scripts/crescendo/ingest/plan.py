"""What a load is going to do: which files it reads, together in which batches, and which it leaves alone.

Files are read once, to be recognised and digested, before anything is written. What comes of that is a `Plan`.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from crescendo.ingest import detect, landing
from crescendo.ingest.columns import Columns
from crescendo.ingest.landing import Content, Incoming, Refused
from crescendo.ingest.ledger import FileResult
from crescendo.ingest.wanted import Wanted
from crescendo.shapes import Document

BATCH_FILES = 512  # of one statement: enough to keep both cores busy, few enough for the memory limit
BATCH_BYTES = 256 << 20
BATCH_PAGE_BYTES = 24 << 20  # whole pages are in memory, typed, many times their length


@dataclass
class Batch:
    """Files of one document, format and header, with their ledger entries and what their text holds.

    A file whose lines take the slow path is alone; `starts` are the lines of its records. `rejects` and `unknown` are
    what the ledger will say of them, as its tables have it but for the load; `samples` are values of
    undeclared keys, by path.
    """

    load_id: int
    files: list[Incoming] = field(default_factory=list)
    results: list[FileResult] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    bad_lines: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    starts: list[int] = field(default_factory=list)
    rejects: list[tuple] = field(default_factory=list)
    unknown: list[tuple] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """What the files are."""
        return self.files[0].document

    @property
    def columns(self) -> Columns:
        """The names of the columns that its records are staged in."""
        return Columns(self.document)

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def is_large(self) -> bool:
        """Whether it is prepared in the load's own transaction: that keeps every core busy with one large file.

        What is prepared there stays in memory to the end of the transaction, so small files and pages are not.
        """
        return self.files[0].format != "page" and self.size > BATCH_PAGE_BYTES

    def add(self, file: Incoming, content: Content, file_id: int) -> None:
        """Add a file, with an entry for the ledger."""
        self.files.append(file)
        self.contents.append(content)
        result = FileResult(str(file.path), file.size, "loaded", file.note, file.source.name, file.document.name)
        result.content_sha256, result.file_id = content.sha256, file_id
        self.results.append(result)

    def part(self, places: Iterable[int], *, careful: bool = False) -> "Batch":
        """The batch of some of the files, as if nothing had been done with them."""
        files, results = [self.files[place] for place in places], [self.results[place] for place in places]
        files = [replace(file, careful=careful or file.careful) for file in files]
        return Batch(self.load_id, files, results, [self.contents[place] for place in places])

    def parted(self, doubtful: list[int]) -> "list[Batch]":
        """The doubtful files, each alone and to be read line by line, and the batch of the others."""
        rest = [place for place in range(len(self.files)) if place not in set(doubtful)]
        parts = [self.part([place], careful=True) for place in doubtful]
        return [*parts, self.part(rest)] if rest else parts


@dataclass
class Plan:
    """What becomes of each file: read in a batch, unchanged since it was loaded, or refused."""

    batches: list[Batch]
    unchanged: list[FileResult]
    refused: list[Refused]


def classify(
    paths: list[Path], refused: list[Refused], want: Wanted, known: dict[str, str], load_id: int, first_id: int
) -> Plan:
    """Read files, and plan what to do with each of them.

    `refused` are those of which it is known beforehand, `known` the sha256 of files that the warehouse holds, by path;
    new files are numbered from `first_id`.
    """
    plan, fresh = Plan([], [], list(refused)), []
    for file in _read_all(paths, want):
        if isinstance(file, Refused):
            plan.refused.append(file)
            continue
        incoming, content = file
        if known.get(str(incoming.path)) == content.sha256:
            plan.unchanged.append(FileResult(str(incoming.path), incoming.size, "unchanged"))
        else:
            fresh.append((incoming, content))
    plan.batches = batches(fresh, load_id, first_id)
    return plan


def _read_all(paths: list[Path], want: Wanted) -> Iterator[tuple[Incoming, Content] | Refused]:
    """Read files on every core: most of that does not hold Python's lock."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield from pool.map(lambda path: _read(path, want), paths)
    finally:
        pool.shutdown(cancel_futures=True)


def _read(path: Path, want: Wanted) -> tuple[Incoming, Content] | Refused:
    try:
        return detect.read(path, want)
    except Exception as error:  # noqa: BLE001 whatever is wrong with it, the others are loaded
        return Refused(path, f"cannot be read: {landing.plain_error(error)}")


def batches(fresh: list[tuple[Incoming, Content]], load_id: int, first_id: int) -> list[Batch]:
    """Group files that one statement can read: same document, format, header and packing, bounded in size."""
    full: list[Batch] = []
    filling: dict[tuple, Batch] = {}
    for file_id, (file, content) in enumerate(fresh, start=first_id):
        kind = _kind(file)
        most = BATCH_PAGE_BYTES if file.document.layout == "page" else BATCH_BYTES
        batch = filling.setdefault(kind, Batch(load_id))
        if len(batch.files) == BATCH_FILES or (batch.files and batch.size + file.size > most):
            full.append(filling.pop(kind))
            batch = filling.setdefault(kind, Batch(load_id))
        batch.add(file, content, file_id)
    return [*full, *filling.values()]


def _kind(file: Incoming) -> tuple:
    """What files of one batch have in common."""
    return (
        file.source.name,
        file.document.name,
        file.format,
        file.header,
        file.gzipped,
        file.unpack,
        file.delimiter,
        file.mapping,
        file.path if file.careful else None,
    )
