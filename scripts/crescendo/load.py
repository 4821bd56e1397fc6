"""Loading: files in, rows and a ledger out, in one transaction."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
import duckdb

from crescendo import audit, flatten, landing, stage, warehouse
from crescendo.audit import FileResult
from crescendo.landing import Content, Incoming, Refused
from crescendo.options import SECONDS, format_option
from crescendo.shapes import Source
from crescendo.sources import all_sources
from crescendo.stage import Batch

# files of one statement: enough to keep both cores busy, few enough to stay under the memory limit
BATCH_FILES, BATCH_BYTES = 512, 1 << 28
# whole pages stand in memory, typed, many times their length
BATCH_PAGE_BYTES = 3 << 23


@dataclass
class LoadResult:
    """What a load did, one FileResult a file. `load_id` is None where there was nothing to change."""

    load_id: int | None
    files: list[FileResult]

    @property
    def refused(self) -> list[FileResult]:
        """The files that were not read."""
        return [file for file in self.files if file.status == "refused"]

    def total(self, count: str) -> int:
        """The sum of one of audit.COUNTS over the files."""
        return sum(file.counts[count] for file in self.files)


def load(
    paths: list[Path], *, source: str = "", dry_run: bool = False, wait: float = 60.0, progress: bool = False
) -> LoadResult:
    """Load files and folders into the warehouse, all or nothing.

    `source` names the source or document of files that their content does not tell. Raises CrescendoError where a
    path does not exist or another process holds the warehouse for more than `wait` seconds. A file that cannot be
    read is refused, with its reason; the others are loaded.
    """
    found, refused = landing.find(paths)
    known = landing.documents_of(all_sources(), source)
    with warehouse.connect(wait=wait) as connection, _reading(found, known, named=bool(source)) as read:
        connection.execute(f"set memory_limit = '{warehouse.LOAD_MEMORY}'")
        connection.execute("begin transaction")
        try:
            with _progress_bar(connection, found if progress else []) as advance:
                documents = _prepare(connection)
                if not dry_run:  # whatever becomes of the files
                    connection.execute("commit; begin transaction")
                result = _load(connection, documents, read, refused, advance)
        except BaseException as error:
            warehouse.undo(connection)
            error.add_note(warehouse.UNCHANGED)
            raise
        connection.execute("rollback" if dry_run or result.load_id is None else "commit")
        if result.load_id is None:  # the files are known; say so of a damaged warehouse only after looking
            warehouse.verify(connection)
    return result


Read = Iterator[tuple[Incoming, Content] | Refused]


@contextmanager
def _reading(paths: list[Path], known: landing.Documents, *, named: bool) -> Iterator[Read]:
    """Read files ahead, on another thread: most of that does not hold Python's lock."""
    pool = ThreadPoolExecutor(1)
    try:
        yield pool.map(lambda path: landing.read(path, known, named=named), paths)
    finally:
        pool.shutdown(cancel_futures=True)


Declared = list[tuple[Source, list[flatten.RawTable]]]


def _prepare(connection: duckdb.DuckDBPyConnection) -> Declared:
    """Make the ledger and all raw tables, so that the models of a source that sent nothing have something to read."""
    audit.prepare(connection)
    documents = [(source, flatten.raw_tables(d)) for source in all_sources().values() for d in source.documents]
    for source in all_sources().values():
        audit.prepare_raw(connection, source, [table for own, tables in documents if own is source for table in tables])
    return documents


def _load(
    connection: duckdb.DuckDBPyConnection,
    documents: Declared,
    read: Read,
    refused: list[Refused],
    advance: Callable[[str, int], None],
) -> LoadResult:
    load_id = audit.next_id(connection, "loads", "_load_id")
    connection.execute(
        "insert into load_audit.loads values (?, ?, null, ?)", [load_id, audit.now(), version("crescendo")]
    )
    known = audit.known_files(connection)
    results: list[FileResult] = []
    fresh = _fresh(read, known, results, refused)
    batches = _batches(fresh, load_id, audit.next_id(connection, "files", "_file_id"))
    for name, brought in _delivered(connection, batches, refused):
        results += brought
        advance(name, sum(result.size_bytes for result in results))
    said = [_refuse(connection, load_id, file, results) for file in refused]
    loaded = {result.path for result in results if result.status == "loaded"}
    if loaded & known.keys():
        for source, tables in documents:
            audit.drop_replaced(connection, source, tables)
        audit.forget_replaced(connection)
    connection.execute("update load_audit.loads set finished_at = ? where _load_id = ?", [audit.now(), load_id])
    changed = bool(loaded) or any(said)
    return LoadResult(load_id if changed else None, sorted(results, key=lambda result: result.path))


def _fresh(
    read: Read, known: dict[str, str], results: list[FileResult], refused: list[Refused]
) -> Iterator[tuple[Incoming, Content]]:
    """The files that are to be loaded; the others go to the results, or to those refused."""
    for file in read:
        if isinstance(file, Refused):
            refused.append(file)
            continue
        incoming, content = file
        if known.get(str(incoming.path)) == content.sha256:
            results.append(FileResult(str(incoming.path), incoming.size, "unchanged"))
        else:
            yield incoming, content


def _batches(fresh: Iterator[tuple[Incoming, Content]], load_id: int, first_id: int) -> Iterator[Batch]:
    """Group files that one statement can read: same document, format, header and packing, bounded in size."""
    filling: dict[tuple, Batch] = {}
    for file_id, (file, content) in enumerate(fresh, start=first_id):
        kind = (file.source.name, file.document.name, file.format, file.header, file.gzipped, file.mixed_ends)
        most = BATCH_PAGE_BYTES if file.document.layout == "page" else BATCH_BYTES
        batch = filling.setdefault(kind, Batch(load_id))
        if len(batch.files) == BATCH_FILES or (batch.files and batch.size + file.size > most):
            yield filling.pop(kind)
            batch = filling.setdefault(kind, Batch(load_id))
        batch.files.append(file)
        batch.contents.append(content)
        batch.results.append(
            FileResult(
                str(file.path),
                file.size,
                "loaded",
                source=file.source.name,
                document=file.document.name,
                content_sha256=content.sha256,
                file_id=file_id,
            )
        )
    yield from filling.values()


def _delivered(
    connection: duckdb.DuckDBPyConnection, batches: Iterator[Batch], refused: list[Refused]
) -> Iterator[tuple[str, list[FileResult]]]:
    """Load batch after batch; yields the name of a file of each, and what became of its files."""
    records: list[Batch] = []
    connection.execute("set threads = 1")  # the other cores prepare pages
    with closing(stage.prepared_ahead(_pages(batches, records))) as prepared:
        for batch, bench in prepared:
            stage.deliver(connection, bench, batch)
            audit.write_files(connection, batch.load_id, batch.results)
            yield batch.files[0].path.name, batch.results
    connection.execute("reset threads")
    for batch in records:
        yield batch.files[0].path.name, _load_records(connection, batch, refused)


def _pages(batches: Iterator[Batch], others: list[Batch]) -> Iterator[Batch]:
    for batch in batches:
        if batch.files[0].format == "page":
            yield batch
        else:
            others.append(batch)


def _load_records(connection: duckdb.DuckDBPyConnection, batch: Batch, refused: list[Refused]) -> list[FileResult]:
    try:
        stage.prepare(connection, batch)
    except stage.Unreadable as error:
        if len(batch.files) == 1:
            refused.append(Refused(batch.files[0].path, str(error)))
            return []
        # one of them spoils the statement: halve until it stands alone
        return [result for half in batch.halves() for result in _load_records(connection, half, refused)]
    stage.deliver(connection, connection, batch)
    audit.write_files(connection, batch.load_id, batch.results)
    return batch.results


def _refuse(connection: duckdb.DuckDBPyConnection, load_id: int, file: Refused, results: list[FileResult]) -> bool:
    """Enter a file that cannot be read; True where that is news. What the path once brought stays."""
    size = file.path.stat().st_size if file.path.is_file() else 0
    result = FileResult(str(file.path.absolute()), size, "refused", file.reason)
    results.append(result)
    if audit.last_reason(connection, result.path) == file.reason:
        return False
    result.file_id = audit.next_id(connection, "files", "_file_id")
    audit.write_files(connection, load_id, [result])
    return True


@contextmanager
def _progress_bar(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> Iterator[Callable[[str, int], None]]:
    """A bar over the bytes of all files, where there are any; within one statement DuckDB tells how far it is."""
    if not files:
        yield lambda _name, _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        total = sum(file.stat().st_size for file in files if file.exists())
        task = bar.add_task(files[0].name, total=total)
        now = {"done": 0}
        stop = threading.Event()

        def advance(name: str, done: int) -> None:
            now["done"] = done
            bar.update(task, description=name, completed=done)

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


@click.command("load")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", default="", help="Source or document of files that their content does not tell.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, then change nothing.")
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for a warehouse that is in use."
)
@format_option("table", "json")
def load_command(paths: tuple[Path, ...], source: str, dry_run: bool, wait: float, form: str) -> int:
    """Load report files into the warehouse; without PATHS, the folder landing/.

    \b
    Example:
      crescendo load
      crescendo load ~/Downloads/100-songs-audience-report.csv --dry-run
    """
    quiet = form == "json" or not click.get_text_stream("stderr").isatty()
    result = load(list(paths) or [Path("landing")], source=source, dry_run=dry_run, wait=wait, progress=not quiet)
    if form == "json":
        click.echo(
            json.dumps({"load_id": result.load_id, "dry_run": dry_run, "files": [asdict(f) for f in result.files]})
        )
    else:
        print_result(result, dry_run)
    for file in result.refused:
        click.echo(f"error: {file.path} {file.reason}", err=True)
    return 2 if result.refused else 0


def print_result(result: LoadResult, dry_run: bool = False) -> None:
    """Print what a load did, a line a file and a sum; many files are summed by document."""
    from rich.console import Console
    from rich.table import Table

    shown = [file for file in result.files if file.status == "loaded"]
    table = Table(title="Dry run: nothing was changed" if dry_run else None, title_justify="left", box=None)
    table.add_column("document" if len(shown) > 20 else "file")
    for name in ("records", "loaded", "duplicate", "rejected", "rows loaded", "rows rejected"):
        table.add_column(name, justify="right")
    groups: dict[str, list[FileResult]] = defaultdict(list)
    for file in shown:
        groups[f"{file.source}.{file.document}" if len(shown) > 20 else Path(file.path).name].append(file)
    for name, files in [*groups.items(), *([("all", shown)] if len(groups) > 1 else [])]:
        part = LoadResult(None, files)
        columns = (
            "records_in",
            "records_loaded",
            "records_duplicate",
            "records_rejected",
            "rows_loaded",
            "rows_rejected",
        )
        table.add_row(name, *(f"{part.total(column):,}" for column in columns))
    console = Console(width=None if click.get_text_stream("stdout").isatty() else 120)
    if shown:
        console.print(table)
    unchanged = sum(file.status == "unchanged" for file in result.files)
    if unchanged:
        console.print(f"{unchanged} files were loaded before and are unchanged")
    if not result.files:
        console.print("there is nothing to load")
    if result.total("records_rejected") or result.total("rows_rejected"):
        console.print("what was rejected, and why: crescendo status")
