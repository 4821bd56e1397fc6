"""Loading: files in, rows and a ledger out, in one transaction."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.ingest import landing, scratch, told
from crescendo.ingest.landing import Refused
from crescendo.ingest.read import Failed
from crescendo.ingest.run import Load, LoadResult, prepare_warehouse
from crescendo.ingest.wanted import Wanted, wanted
from crescendo.logs import event
from crescendo.sources import all_sources
from crescendo.terminal import printable


def load(
    paths: list[Path],
    *,
    source: str = "",
    platform: str = "",
    subject: str = "",
    mapping: Path | None = None,
    dry_run: bool = False,
    wait: float = 60.0,
    progress: bool = False,
    file: Path | None = None,
) -> LoadResult:
    """Load files and folders into the warehouse, all or nothing.

    `file` is the warehouse, that of CRESCENDO_DB if None.
    `source` names the source or document of files that their content does not tell. `platform` and `subject` are for
    pages that say theirs neither in their request, nor in their name, nor in their body. Raises CrescendoError if a
    path does not exist or another process holds the warehouse for more than `wait` seconds. A file that cannot be
    read is refused, with its reason; the others are loaded.
    """
    scratch.sweep()
    found, refused = landing.find(paths)
    want = wanted(all_sources(), source, platform=platform, subject=subject, mapped=mapping)
    event(logging.INFO, "load began", files=len(found), unreadable=len(refused), source=source or None, dry_run=dry_run)
    try:
        try:
            return _attempt(found, refused, want, dry_run, wait, progress, file, cautious=False)
        except Failed:  # every file is tried beforehand, so that those that spoil a load are known
            event(logging.WARNING, "a file spoils the load: every file is tried by itself")
            return _attempt(found, refused, want, dry_run, wait, progress, file, cautious=True)
    except Failed as error:
        names = ", ".join(str(file.path) for file in error.batch.files[:3])
        raise CrescendoError(f"{names}: {error}: nothing was changed") from error
    except duckdb.Error as error:
        raise CrescendoError(
            f"{file or warehouse.path()}: {str(error).splitlines()[0]}: nothing was changed"
        ) from error


def _attempt(
    found: list[Path],
    refused: list[Refused],
    want: Wanted,
    dry_run: bool,
    wait: float,
    progress: bool,
    file: Path | None,
    *,
    cautious: bool,
) -> LoadResult:
    """One load, to its end or not at all. Raises Failed if a file spoils it."""
    with warehouse.connect(file, wait=wait, dry=dry_run) as connection:
        connection.execute(f"set memory_limit = '{warehouse.LOAD_MEMORY}'")
        with _progress_bar(connection, found if progress else []) as advance:
            documents = prepare_warehouse(connection)  # is kept even if no file is
            connection.execute("begin transaction")
            one = Load(connection, documents)
            todo = one.classify(found, refused, want)
            told.decisions(todo)
            result = one.run(todo, advance, cautious=cautious)
        if result.load_id is None:  # the files are known; say so of a damaged warehouse only after looking
            warehouse.verify(connection)
        connection.execute("rollback" if result.load_id is None else "commit")
    told.outcome(result, dry_run=dry_run)
    return result


@contextmanager
def _progress_bar(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> Iterator[Callable[[str, int], None]]:
    """A bar over the bytes of all files, if there are any; within one statement DuckDB tells how far it is."""
    if not files:
        yield lambda _name, _done: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        total = sum(landing.size_of(file) for file in files)
        task = bar.add_task(escape(printable(files[0].name)), total=total)
        now = {"done": 0}
        stop = threading.Event()

        def advance(name: str, done: int) -> None:
            now["done"] = done
            bar.update(task, description=escape(printable(name)), completed=done)

        def watch() -> None:
            while not stop.wait(0.2):
                share = max(0.0, connection.query_progress()) / 100
                bar.update(task, completed=now["done"] + share * (total - now["done"]))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield advance
        finally:
            stop.set()
            watcher.join()
