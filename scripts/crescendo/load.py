"""Loading: files in, rows and a ledger out, in one transaction."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
import duckdb

from crescendo import audit, flatten, landing, stage, warehouse
from crescendo.audit import FileResult
from crescendo.errors import CrescendoError
from crescendo.landing import Content, Incoming, Refused
from crescendo.options import format_option
from crescendo.shapes import Source
from crescendo.sources import all_sources

# files of one statement: enough to keep both cores busy, few enough to stay under the memory limit
BATCH_FILES, BATCH_BYTES = 512, 1 << 28
# whole pages stand in memory, typed, many times their length
BATCH_PAGE_BYTES = 1 << 24


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
    incoming: list[Incoming] = []
    for path in found:
        known = landing.recognise(path, all_sources(), source)
        (incoming if isinstance(known, Incoming) else refused).append(known)
    with warehouse.connect(wait=wait) as connection:
        connection.execute(f"set memory_limit = '{warehouse.LOAD_MEMORY}'")
        connection.execute("begin transaction")
        try:
            with _progress_bar(connection, progress) as advance:
                documents = _prepare(connection)
                if not dry_run:  # whatever becomes of the files
                    connection.execute("commit; begin transaction")
                result = _load(connection, documents, incoming, refused, advance)
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("rollback" if dry_run or result.load_id is None else "commit")
    return result


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
    incoming: list[Incoming],
    refused: list[Refused],
    advance: Callable[[str, int, int], None],
) -> LoadResult:
    load_id = audit.next_id(connection, "loads", "_load_id")
    connection.execute(
        "insert into load_audit.loads values (?, ?, null, ?)", [load_id, audit.now(), version("crescendo")]
    )
    known = audit.known_files(connection)
    results: list[FileResult] = []
    fresh: list[tuple[Incoming, Content]] = []
    for file in incoming:
        content = landing.content_of(file)
        if isinstance(content, Refused):
            refused.append(content)
        elif known.get(str(file.path)) == content.sha256:
            results.append(FileResult(str(file.path), file.size, "unchanged"))
        else:
            fresh.append((file, content))
    done = 0
    for files, contents in _batches(fresh):
        advance(files[0].path.name, done, sum(file.size for file, _ in fresh))
        results += _load_batch(connection, load_id, files, contents, refused)
        done += sum(file.size for file in files)
    said = [_refuse(connection, load_id, file, results) for file in refused]
    loaded = {result.path for result in results if result.status == "loaded"}
    if loaded & known.keys():
        for source, tables in documents:
            audit.drop_replaced(connection, source, tables)
        audit.forget_replaced(connection)
    connection.execute("update load_audit.loads set finished_at = ? where _load_id = ?", [audit.now(), load_id])
    changed = bool(loaded) or any(said)
    return LoadResult(load_id if changed else None, sorted(results, key=lambda result: result.path))


def _batches(fresh: list[tuple[Incoming, Content]]) -> Iterator[tuple[list[Incoming], list[Content]]]:
    """Group files that one statement can read: same document, format, header and packing, bounded in size."""
    groups: dict[tuple, list[tuple[Incoming, Content]]] = defaultdict(list)
    for file, content in fresh:
        kind = (file.source.name, file.document.name, file.format, file.header, file.gzipped, file.mixed_ends)
        groups[kind].append((file, content))
    for members in groups.values():
        batch: list[tuple[Incoming, Content]] = []
        for member in members:
            most = BATCH_PAGE_BYTES if member[0].document.layout == "page" else BATCH_BYTES
            full = len(batch) == BATCH_FILES or sum(file.size for file, _ in batch) + member[0].size > most
            if batch and full:
                yield [file for file, _ in batch], [content for _, content in batch]
                batch = []
            batch.append(member)
        yield [file for file, _ in batch], [content for _, content in batch]


def _load_batch(
    connection: duckdb.DuckDBPyConnection,
    load_id: int,
    files: list[Incoming],
    contents: list[Content],
    refused: list[Refused],
) -> list[FileResult]:
    first_id = audit.next_id(connection, "files", "_file_id")
    results = [
        FileResult(
            str(file.path),
            file.size,
            "loaded",
            source=file.source.name,
            document=file.document.name,
            content_sha256=content.sha256,
            file_id=first_id + number,
        )
        for number, (file, content) in enumerate(zip(files, contents, strict=True))
    ]
    try:
        stage.fill(connection, stage.Batch(files, results, contents, load_id))
    except stage.Unreadable as error:
        if len(files) == 1:
            refused.append(Refused(files[0].path, str(error)))
            return []
        # one of them spoils the statement: halve until it stands alone
        connection.execute("delete from load_audit.rejected_records where _file_id >= ?", [first_id])
        middle = len(files) // 2
        first = _load_batch(connection, load_id, files[:middle], contents[:middle], refused)
        return first + _load_batch(connection, load_id, files[middle:], contents[middle:], refused)
    except duckdb.Error as error:
        names = ", ".join(str(file.path) for file in files[:3])
        raise CrescendoError(f"{names} cannot be loaded: {str(error).splitlines()[0]}: nothing was changed") from None
    audit.write_files(connection, load_id, results)
    return results


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
def _progress_bar(connection: duckdb.DuckDBPyConnection, wanted: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar over all bytes; within one statement DuckDB tells how far it is."""
    if not wanted:
        yield lambda _name, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("loading", total=None)
        now = {"done": 0, "total": 0, "next": 0}
        stop = threading.Event()

        def advance(name: str, done: int, total: int) -> None:
            now.update(done=done, total=total)
            bar.update(task, description=name, completed=done, total=total)

        def watch() -> None:
            while not stop.wait(0.2):
                share = max(0.0, connection.query_progress()) / 100
                bar.update(task, completed=now["done"] + share * (now["total"] - now["done"]))

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
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for a warehouse that is in use.")
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
