"""Loading: files in, rows and a ledger out, in one transaction."""

import json
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.ingest import audit, flatten, landing, recognition, scratch, stage
from crescendo.ingest.audit import FileResult
from crescendo.ingest.landing import Content, Incoming, Refused
from crescendo.ingest.recognition import Wanted
from crescendo.ingest.stage import Batch
from crescendo.ingest.status import print_table
from crescendo.options import SECONDS, format_option
from crescendo.shapes import Source
from crescendo.sources import all_sources
from crescendo.terminal import printable

# files of one statement: enough to keep both cores busy, few enough to stay under the memory limit
BATCH_FILES, BATCH_BYTES = 512, 1 << 28
# whole pages stand in memory, typed, many times their length
BATCH_PAGE_BYTES = 3 << 23
MOST_REJECTS = 20


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
    want = recognition.wanted(all_sources(), source, platform=platform, subject=subject, mapped=mapping)
    try:
        try:
            return _attempt(found, list(refused), want, dry_run, wait, progress, file, cautious=False)
        except stage.Failed:  # every file is tried beforehand, so that those that spoil a load are known
            return _attempt(found, list(refused), want, dry_run, wait, progress, file, cautious=True)
    except stage.Failed as error:
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
    """One load, to its end or not at all. Raises stage.Failed if a file spoils it."""
    with warehouse.connect(file, wait=wait, dry=dry_run) as connection, _reading(found, want) as read:
        connection.execute(f"set memory_limit = '{warehouse.LOAD_MEMORY}'")
        connection.execute("begin transaction")
        try:
            with _progress_bar(connection, found if progress else []) as advance:
                documents = _prepare(connection)
                if not dry_run:  # whatever becomes of the files
                    connection.execute("commit; begin transaction")
                result = _load(connection, documents, read, refused, advance, cautious=cautious)
            if result.load_id is None:  # the files are known; say so of a damaged warehouse only after looking
                warehouse.verify(connection)
        except BaseException as error:
            warehouse.undo(connection)
            error.add_note(warehouse.UNCHANGED)
            raise
        with _undisturbed():
            connection.execute("rollback" if dry_run or result.load_id is None else "commit")
            connection.close()
    return result


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nobody interrupt what follows: so that an interrupt always means that nothing was changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


Read = Iterator[tuple[Incoming, Content] | Refused]


@contextmanager
def _reading(paths: list[Path], want: Wanted) -> Iterator[Read]:
    """Read files ahead, on another thread: most of that does not hold Python's lock."""
    pool = ThreadPoolExecutor(1)
    try:
        yield pool.map(lambda path: _read(path, want), paths)
    finally:
        pool.shutdown(cancel_futures=True)


def _read(path: Path, want: Wanted) -> tuple[Incoming, Content] | Refused:
    try:
        return recognition.read(path, want)
    except Exception as error:  # noqa: BLE001 whatever is wrong with it, the others are loaded
        return Refused(path, f"cannot be read: {landing.plain_error(error)}")


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
    *,
    cautious: bool,
) -> LoadResult:
    load_id = audit.next_id(connection, "loads", "_load_id")
    connection.execute(
        "insert into load_audit.loads values (?, ?, null, ?)", [load_id, audit.now(), version("crescendo")]
    )
    known = audit.known_files(connection)
    results: list[FileResult] = []
    fresh = _fresh(read, known, results, refused)
    batches = _batches(fresh, load_id, audit.next_id(connection, "files", "_file_id"))
    with ExitStack() as stack:
        if cautious:
            trials = _Trials(stack)
            batches = (sound for batch in batches for sound in trials.sound(batch, refused))
        for name, brought in _delivered(connection, batches):
            results += brought
            advance(name, sum(result.size_bytes for result in results))
    for file in refused:
        _refuse(connection, load_id, file, results)
    loaded = {result.path for result in results if result.status == "loaded"}
    if loaded & known.keys():
        for source, tables in documents:
            audit.drop_replaced(connection, source, tables)
        audit.forget_replaced(connection)
    connection.execute("update load_audit.loads set finished_at = ? where _load_id = ?", [audit.now(), load_id])
    changed = bool(loaded) or any(result.status == "refused" and result.file_id for result in results)
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
        kind = (
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
    connection: duckdb.DuckDBPyConnection, batches: Iterator[Batch]
) -> Iterator[tuple[str, list[FileResult]]]:
    """Load batch after batch; yields the name of a file of each, and what became of its files."""
    records: list[Batch] = []
    connection.execute("set threads = 1")  # the other cores prepare pages
    with closing(stage.prepared_ahead(_small(batches, records))) as prepared:
        for batch, bench in prepared:
            stage.deliver(connection, bench, batch)
            yield batch.files[0].path.name, batch.results
    connection.execute("reset threads")
    for batch in records:
        yield batch.files[0].path.name, _load_records(connection, batch)


def _small(batches: Iterator[Batch], others: list[Batch]) -> Iterator[Batch]:
    for batch in batches:
        # what is prepared in the load's own transaction stays in memory to its end: large files only
        if batch.files[0].format == "page" or batch.size <= BATCH_PAGE_BYTES:
            yield batch
        else:
            others.append(batch)


def _load_records(connection: duckdb.DuckDBPyConnection, batch: Batch) -> list[FileResult]:
    try:
        stage.prepare(connection, batch)
    except stage.Doubtful as found:
        return [result for part in batch.parted(found.places) for result in _load_records(connection, part)]
    stage.deliver(connection, connection, batch)
    return batch.results


class _Trials:
    """Tells why files cannot be loaded, by loading them into a warehouse in memory."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.connection = stack, None

    def sound(self, batch: Batch, refused: list[Refused]) -> Iterator[Batch]:
        """The batch without the files that cannot be loaded: halved until each of them is alone, and named."""
        places = range(len(batch.files))
        reason = self._reason(batch.part(places))
        if not reason:
            yield batch.part(places)
        elif len(places) > 1:
            yield from self.sound(batch.part(places[: len(places) // 2]), refused)
            yield from self.sound(batch.part(places[len(places) // 2 :]), refused)
        elif batch.files[0].format in ("csv", "lines") and not batch.files[0].careful:
            yield from self.sound(batch.part(places, careful=True), refused)
        else:
            refused.append(Refused(batch.files[0].path, reason))

    def _reason(self, batch: Batch) -> str:
        """Why a batch cannot be loaded; '' if it can."""
        if self.connection is None:
            self.connection = self.stack.enter_context(stage.bench())
            _prepare(self.connection)
        self.connection.execute("begin transaction")
        try:
            _load_records(self.connection, batch)
        except stage.Failed as error:
            return str(error)
        finally:
            try:
                self.connection.execute("rollback")
            except duckdb.Error:  # it was worse than that
                self.connection = None
        return ""


def _refuse(connection: duckdb.DuckDBPyConnection, load_id: int, file: Refused, results: list[FileResult]) -> None:
    """Enter a file that cannot be read, if that is news. What the path once brought stays."""
    path = str(file.path.absolute()).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    result = FileResult(path, landing.size_of(file.path), "refused", file.reason)
    results.append(result)
    if audit.last_reason(connection, result.path) != file.reason:
        result.file_id = audit.next_id(connection, "files", "_file_id")
        audit.write_files(connection, load_id, [result])


@contextmanager
def _progress_bar(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> Iterator[Callable[[str, int], None]]:
    """A bar over the bytes of all files, where there are any; within one statement DuckDB tells how far it is."""
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


@click.command("load")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--source",
    default="",
    metavar="NAME",
    help="Source or document of files whose content fits several: soundcharts.artist-popularity.",
)
@click.option("--platform", default="", metavar="CODE", help="Platform of pages that do not say theirs: spotify.")
@click.option("--subject", default="", metavar="UUID", help="Artist, song or album of pages that do not say theirs.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What says which columns of files of other feeds are ours, in TOML.",
)
@click.option("--dry-run", is_flag=True, help="Read and check everything, then change nothing.")
@click.option(
    "--wait", type=SECONDS, default=60.0, show_default=True, help="Seconds to wait for a warehouse that is in use."
)
@format_option("table", "json")
def load_command(
    paths: tuple[Path, ...],
    source: str,
    platform: str,
    subject: str,
    mapping: Path | None,
    dry_run: bool,
    wait: float,
    form: str,
) -> int:
    """Load report files and API pages into the warehouse; without PATHS, the folder landing/.

    A folder may hold files of any kind and name. What a page is about is taken from the request beside it
    (PAGE.request.json, such as {"document": "song-audience", "uuid": "...", "platform": "spotify"}), else from its name
    (song-audience__UUID__spotify__p0001.json), else from its body, else from --subject and --platform. A table with
    other columns than ours is read by what FILE.mapping.toml beside it, or --mapping, says of them.

    \b
    Example:
      crescendo load
      crescendo load ~/Downloads/100-songs-audience-report.csv --dry-run
      crescendo load streams.json --source soundcharts.song-audience --platform spotify
      crescendo load crm.csv --mapping crm.toml
    """
    quiet = form == "json" or not click.get_text_stream("stderr").isatty()
    result = load(
        list(paths) or [Path("landing")],
        source=source,
        platform=platform,
        subject=subject,
        mapping=mapping,
        dry_run=dry_run,
        wait=wait,
        progress=not quiet,
    )
    with _done(result, dry_run):
        if form == "json":
            click.echo(
                json.dumps({"load_id": result.load_id, "dry_run": dry_run, "files": [asdict(f) for f in result.files]})
            )
        else:
            print_result(result, dry_run)
        for said in _refusals(result.refused):
            click.echo(f"error: {printable(said)}", err=True)
    return 2 if result.refused else 0


@contextmanager
def _done(result: LoadResult, dry_run: bool) -> Iterator[None]:
    """Let Ctrl-C while results are printed say what holds: the load was over before."""
    try:
        yield
    except KeyboardInterrupt as error:
        unchanged = dry_run or result.load_id is None
        error.add_note(warehouse.UNCHANGED if unchanged else "the load is done: `crescendo status` shows it")
        raise


def _refusals(refused: list[FileResult]) -> Iterator[str]:
    """What to say of refused files: of many that are not what `--source` says, one, so that they hide no other."""
    by_option = [file for file in refused if file.reason.endswith(recognition.NOT_AS_SAID)]
    for file in refused:
        if file not in by_option[1:]:
            yield f"{file.path} {file.reason}"
    if len(by_option) > 1:
        yield f"{len(by_option) - 1:,} more files are not what --source says: leave it out, or name the files it is for"


def print_result(result: LoadResult, dry_run: bool = False) -> None:
    """Print what a load did, a line a file and a sum; many files are summed by document."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = [file for file in result.files if file.status == "loaded"]
    table = Table(title="Dry run: nothing was changed" if dry_run else None, title_justify="left", box=None)
    table.add_column("document" if len(shown) > 20 else "file")
    for name in ("records", "loaded", "duplicate", "rejected", "rows loaded", "rows rejected", "values rejected"):
        table.add_column(name, justify="right")
    groups: dict[str, list[FileResult]] = defaultdict(list)
    for file in shown:
        name = f"{file.source}.{file.document}" if len(shown) > 20 else printable(Path(file.path).name)
        groups[name].append(file)
    for name, files in [*groups.items(), *([("all", shown)] if len(groups) > 1 else [])]:
        part = LoadResult(None, files)
        columns = (
            "records_in",
            "records_loaded",
            "records_duplicate",
            "records_rejected",
            "rows_loaded",
            "rows_rejected",
            "values_rejected",
        )
        table.add_row(Text(name), *(f"{part.total(column):,}" for column in columns))
    console = Console(width=None if click.get_text_stream("stdout").isatty() else 120)
    if shown:
        console.print(table)
    unchanged = sum(file.status == "unchanged" for file in result.files)
    if unchanged:
        console.print(f"{unchanged} files were loaded before and are unchanged")
    if not result.files:
        console.print("there is nothing to load")
    if any(result.total(f"{what}_rejected") for what in ("records", "rows", "values")):
        if dry_run:
            _print_rejects(console, result)
        else:
            console.print("what was rejected, and why: crescendo status")


def _print_rejects(console, result: LoadResult) -> None:
    """Print what would be rejected, and why: what no ledger will say."""
    rejects = [{"file": Path(file.path).name} | reject for file in result.files for reject in file.rejects]
    print_table(console, "Rejected", rejects, ("file", "line", "path", "reason", "sample"), MOST_REJECTS)
