"""`crescendo load`: what a person types and sees; the work is in `crescendo.ingest.load`."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import duckdb

from crescendo import swap, warehouse
from crescendo.cli.status import print_table
from crescendo.errors import CrescendoError
from crescendo.ingest import detect
from crescendo.ingest.ledger import FileResult, field_of
from crescendo.ingest.load import load
from crescendo.ingest.run import LoadResult
from crescendo.logs import logged
from crescendo.operations import journal, measure
from crescendo.options import SECONDS, NamedPath, format_option
from crescendo.terminal import counted, printable

if TYPE_CHECKING:
    from rich.console import Console

MOST_REJECTS = 10  # kinds of them
MOST_NOTES = 10


@click.command("load")
@click.argument("paths", nargs=-1, type=NamedPath(path_type=Path))
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
@journal.measured("load", unless="dry_run")
@logged("load")
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

    What is rejected within a file is shown with its reason, and the rest is loaded. The exit code is 0 if no file was
    refused, else 2, with or without --dry-run.

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
    if not dry_run:
        _measure(result)
    with _done(result, dry_run):
        if form == "json":
            click.echo(
                json.dumps({"load_id": result.load_id, "dry_run": dry_run, "files": [asdict(f) for f in result.files]})
            )
        else:
            print_result(result, dry_run)
        for said in notes(result):
            click.echo(f"warning: {printable(said)}", err=True)
        for said in _refusals(result.refused):
            click.echo(f"error: {printable(said)}", err=True)
    return 2 if result.refused else 0  # also of a dry run; what is rejected within a file is shown


def _measure(result: LoadResult) -> None:
    """Note what was loaded, beside the warehouse."""
    run = journal.current()
    if run.verb == "load":  # a step of another run says itself what it makes of refused files
        run.is_partial = any(file.status != "refused" for file in result.files)
    run.at_work.rows, run.at_work.bytes = measure.size_of(result)
    with suppress(duckdb.Error, CrescendoError), warehouse.connect(read_only=True) as connection:
        measure.loaded(run, connection, result)
        measure.disk(run, warehouse.path())


@contextmanager
def _done(result: LoadResult, dry_run: bool) -> Iterator[None]:
    """Let Ctrl-C while results are printed say what holds: the load was over before."""
    try:
        yield
    except KeyboardInterrupt as error:
        unchanged = dry_run or result.load_id is None
        error.add_note(swap.UNCHANGED if unchanged else "the load is done: `crescendo status` shows it")
        raise


def notes(result: LoadResult) -> Iterator[str]:
    """What to say of files that are loaded and need a look."""
    files = [file for file in result.files if file.status == "loaded" and file.reason]
    for file in files[:MOST_NOTES]:
        yield f"{file.path} is loaded, but {file.reason}"
    if len(files) > MOST_NOTES:
        more = counted(len(files) - MOST_NOTES, "more file needs", "more files need")
        yield f"{more} a look: crescendo status --format json"


def _refusals(refused: list[FileResult]) -> Iterator[str]:
    """What to say of refused files: of many that are not what `--source` says, one, so that they hide no other."""
    by_option = [file for file in refused if file.reason.endswith(detect.NOT_AS_SAID)]
    for file in refused:
        if file not in by_option[1:]:
            yield f"{file.path} {file.reason}"
    if len(by_option) > 1:
        more = counted(len(by_option) - 1, "more file is", "more files are")
        yield f"{more} not what --source says: leave it out, or name the files it is for"


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
        same = counted(unchanged, "file was loaded before and is", "files were loaded before and are")
        console.print(f"{same} unchanged")
    if not result.files:
        console.print("there is nothing to load")
    _print_rejects(console, shown)
    if not dry_run and any(file.reject_kinds for file in shown):
        console.print("see `crescendo status` for more of what was rejected")


def _print_rejects(console: "Console", files: list[FileResult]) -> None:
    """Print what was rejected, and why: a line for each level, field and reason of a document, with the first of it."""
    from crescendo.cli.screen import place

    kinds: dict[tuple, dict] = {}
    for file in files:
        for reject in file.reject_kinds:
            first = {"file": Path(file.path).name} | reject | {"line": place(reject), "count": 0}
            kind = kinds.setdefault(
                (file.source, file.document, reject["level"], field_of(reject["path"]), reject["reason"]), first
            )
            kind["count"] += reject["count"]
    rows = sorted(kinds.values(), key=lambda kind: -kind["count"])
    columns = ("count", "level", "file", "line", "path", "reason", "sample")
    print_table(console, "Rejected, with the first of each kind", rows, columns, MOST_REJECTS)
