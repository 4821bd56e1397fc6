"""One load: from a plan to rows and a ledger, in one transaction."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import duckdb

from crescendo.ingest import flatten, ledger, places, plan
from crescendo.ingest.deliver import deliver
from crescendo.ingest.judge import judge
from crescendo.ingest.landing import Refused
from crescendo.ingest.ledger import FileResult
from crescendo.ingest.plan import Batch, Plan
from crescendo.ingest.read import Doubtful, Failed, explained, read
from crescendo.ingest.wanted import Wanted
from crescendo.ingest.workbench import Workbench, in_memory
from crescendo.shapes import Source
from crescendo.sources import all_sources
from crescendo.warehouse import transaction

PAGE_THREADS = 4  # more of them wait for the one that writes
BYTES_AHEAD = 96 << 20  # of text that is prepared and not yet written: typed, it stays below the memory limit


@dataclass
class LoadResult:
    """What a load did, one FileResult a file. `load_id` is None if there was nothing to change."""

    load_id: int | None
    files: list[FileResult]

    @property
    def refused(self) -> list[FileResult]:
        """The files that were not read."""
        return [file for file in self.files if file.status == "refused"]

    def total(self, count: str) -> int:
        """The sum of one of ledger.COUNTS over the files."""
        return sum(file.counts[count] for file in self.files)


Declared = list[tuple[Source, list[flatten.RawTable]]]


def prepare_warehouse(connection: duckdb.DuckDBPyConnection) -> Declared:
    """Make the ledger and all raw tables, so that the models of a source that sent nothing have something to read."""
    documents = [(source, flatten.raw_tables(d)) for source in all_sources().values() for d in source.documents]
    with transaction(connection):  # the disk is waited for once, not after each of a hundred tables
        ledger.prepare(connection)
        for source in all_sources().values():
            tables = [table for own, tables in documents if own is source for table in tables]
            ledger.prepare_raw(connection, source, tables)
    ledger.touch(connection, places.upgrade(connection, documents))
    return documents


class Load:
    """A load in a transaction that its caller began: `classify` says what is to be done, `run` does it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, documents: Declared) -> None:
        self.connection, self.documents = connection, documents
        self.load_id = ledger.next_id(connection, "loads", "_load_id")
        self.known = ledger.known_files(connection)

    def classify(self, paths: list[Path], refused: list[Refused], want: Wanted) -> Plan:
        """Read files, and plan what to do with each; `refused` are those that may not be read."""
        first_id = ledger.next_id(self.connection, "files", "_file_id")
        return plan.classify(paths, refused, want, self.known, self.load_id, first_id)

    def run(self, todo: Plan, advance: Callable[[str, int], None], *, cautious: bool) -> LoadResult:
        """Do what is planned, and tell `advance` of each batch: the name of a file, and the bytes that are done.

        A cautious load tries every batch beforehand, and refuses the files that spoil it. Raises Failed if one does.
        """
        ledger.begin(self.connection, self.load_id, version("crescendo"))
        results, refused = list(todo.unchanged), list(todo.refused)
        with ExitStack() as stack:
            batches = _taken(todo.batches)
            if cautious:
                trials = _Trials(stack)
                batches = (sound for batch in batches for sound in trials.sound(batch, refused))
            for batch in _delivered(self.connection, batches):
                results += batch.results
                advance(batch.files[0].path.name, sum(result.size_bytes for result in results))
        for file in refused:
            results.append(ledger.refuse(self.connection, self.load_id, file.path, file.reason))
        return self._finish(results)

    def _finish(self, results: list[FileResult]) -> LoadResult:
        """Remove what new files replace, and end the load's entry in the ledger."""
        places.move_repeated(self.connection, self.documents)
        loaded = {result.path for result in results if result.status == "loaded"}
        if loaded & self.known.keys():
            ledger.remove_replaced(self.connection, self.documents, self.load_id)
        ledger.end(self.connection, self.load_id)
        changed = bool(loaded) or any(result.status == "refused" and result.file_id for result in results)
        return LoadResult(self.load_id if changed else None, sorted(results, key=lambda result: result.path))


def _taken(batches: list[Batch]) -> Iterator[Batch]:
    """The batches of a plan, each forgotten as it is given, so that the rejects of a finished one are freed."""
    waiting = deque(batches)
    batches.clear()
    while waiting:
        yield waiting.popleft()


def _delivered(connection: duckdb.DuckDBPyConnection, batches: Iterator[Batch]) -> Iterator[Batch]:
    """Load batch after batch, small files and pages first."""
    large: list[Batch] = []
    connection.execute("set threads = 1")  # the other cores prepare pages
    with closing(prepared_ahead(_small(batches, large))) as prepared:
        for batch, scratch_db in prepared:
            with explained(batch):
                deliver(Workbench(connection, scratch_db), batch)
            yield batch
    connection.execute("reset threads")
    for batch in large:
        yield from _loaded_at_once(connection, batch)


def _small(batches: Iterator[Batch], large: list[Batch]) -> Iterator[Batch]:
    for batch in batches:
        if batch.is_large:
            large.append(batch)
        else:
            yield batch


def _loaded_at_once(connection: duckdb.DuckDBPyConnection, batch: Batch) -> Iterator[Batch]:
    """Prepare and deliver a batch on one connection; the parts of it that were loaded."""
    try:
        prepare(connection, batch)
    except Doubtful as found:
        for part in batch.parted(found.places):
            yield from _loaded_at_once(connection, part)
        return
    with explained(batch):
        deliver(Workbench(connection, connection), batch)
    yield batch


def prepare(scratch_db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Stage a batch in temporary tables of a connection, and judge every record.

    Raises Doubtful if some files have to be read line by line, Failed if a file cannot be read.
    """
    with explained(batch):
        read(scratch_db, batch)
        judge(scratch_db, batch)


def prepared_ahead(batches: Iterator[Batch]) -> Generator[tuple[Batch, duckdb.DuckDBPyConnection], None, None]:
    """Prepare batches of pages and small files, and hand each over in its turn, with the connection that it is on.

    A few are under way at any time, each on a thread of its own: DuckDB parses few large texts on one.
    """
    threads = min(os.cpu_count() or 1, PAGE_THREADS)
    with in_memory() as memory, ThreadPoolExecutor(threads) as pool:
        idle = [memory.cursor() for _ in range(threads + 1)]
        waiting: deque = deque()
        try:
            batch = next(batches, None)
            while batch or waiting:
                ahead = sum(waits.size for waits, _, _ in waiting)
                if batch and idle and (not waiting or ahead + batch.size <= BYTES_AHEAD):
                    free = idle.pop()
                    waiting.append((batch, free, pool.submit(prepare, free, batch)))
                    batch = next(batches, None)
                    continue
                ready, used, preparation = waiting.popleft()
                try:
                    preparation.result()
                    yield ready, used
                except Doubtful as found:
                    batches = chain(ready.parted(found.places), [batch] if batch else [], batches)
                    batch = next(batches)
                idle.append(used)
        finally:
            for _, used, preparation in waiting:
                preparation.cancel()
                used.interrupt()


class _Trials:
    """Tells why files cannot be loaded, by loading them into a warehouse in memory."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.connection: duckdb.DuckDBPyConnection | None = None

    def sound(self, batch: Batch, refused: list[Refused]) -> Iterator[Batch]:
        """The batch without the files that cannot be loaded: halved until each of them is alone, and named."""
        places = range(len(batch.files))
        reason = self._reason(batch.part(places))
        if not reason:
            yield batch.part(places)
        elif len(places) > 1:
            yield from self.sound(batch.part(places[: len(places) // 2]), refused)
            yield from self.sound(batch.part(places[len(places) // 2 :]), refused)
        elif batch.files[0].format in ("csv", "lines", "array") and not batch.files[0].careful:
            yield from self.sound(batch.part(places, careful=True), refused)
        else:
            refused.append(Refused(batch.files[0].path, reason))

    def _reason(self, batch: Batch) -> str:
        """Why a batch cannot be loaded; '' if it can."""
        connection = self.connection
        if connection is None:
            connection = self.connection = self.stack.enter_context(in_memory())
            prepare_warehouse(connection)
        connection.execute("begin transaction")
        try:
            list(_loaded_at_once(connection, batch))
        except Failed as error:
            return str(error)
        finally:
            try:
                connection.execute("rollback")
            except duckdb.Error:  # the connection is broken: the next trial opens a new one
                self.connection = None
        return ""
