"""`crescendo status`: what a person types and sees; the work is in `crescendo.ingest.status`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crescendo.ask import texts
from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.cli.output import LANG
from crescendo.ingest.status import Status, status
from crescendo.options import format_option
from crescendo.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console

MOST = 60  # characters of a cell
WHOLE = ("reason", "meaning", "example")  # sentences
# column -> its heading
HEADINGS = {
    "path": "path", "status": "status", "records_in": "records in", "records_loaded": "records loaded",
    "records_duplicate": "records duplicate", "records_rejected": "records rejected", "rows_loaded": "rows loaded",
    "rows_rejected": "rows rejected", "values_rejected": "values rejected", "file": "file", "line": "line",
    "reason": "reason", "sample": "sample", "finding_kind": "finding", "finding_count": "count", "set_aside": "rows",
    "example": "example", "meaning": "meaning", "record_count": "records", "count": "count", "level": "what",
    "table": "table", "rows": "rows",
    "newest_day": "newest day", "digest": "digest", "finished_at": "finished (UTC)", "seconds": "seconds",
    "new_load_count": "new loads", "newest_load_id": "last load", "bytes": "bytes",
}  # fmt: skip


@click.command("status")
@format_option("table", "json")
@click.option("--all", "everything", is_flag=True, help="Every file, table and example, not one screen.")
@LANG
def status_command(form: str, everything: bool, lang: str | None) -> int:
    """Show what was loaded, rejected, unknown and found; exit code 1 if a record is not accounted for.

    \b
    Example:
      crescendo status
      crescendo status --all
      crescendo status --format json
    """
    from crescendo.cli.screen import screen

    texts.choose(lang or "")
    result = status()
    if form == "json":
        click.echo(json.dumps(asdict(result), default=str))
    elif everything:
        _print(result)
    else:
        click.echo("\n".join(screen(result)))
    for problem in result.problems:
        click.echo(_("error: {reason}", reason=problem), err=True)
    return 1 if result.problems else 0


def _print(result: Status) -> None:
    from rich.console import Console

    from crescendo.cli.screen import fate, head, place

    console = Console(width=None if click.get_text_stream("stdout").isatty() else 140)
    for line in head(result, 20):
        # a path is data, not markup; a sentence is not cut
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    loaded = [file for file in result.files if file["status"] != "refused"]
    counts = [f"records_{how}" for how in ("in", "loaded", "duplicate", "rejected")]
    counts += ["rows_loaded", "rows_rejected", "values_rejected"]
    print_table(console, _("Files"), loaded, ("path", "status", *counts), 20)
    rejected = [row | {"reason": texts.reason(row["reason"]), "line": place(row)} for row in result.rejected]
    columns = ("file", "line", "path", "reason", "sample")
    print_table(console, _("Rejected"), rejected, columns, 20, count=result.rejected_count)
    findings = [row | {"example": _example(row["example"]), "set_aside": fate(row)} for row in result.findings]
    columns = ("finding_kind", "finding_count", "set_aside", "example", "meaning")
    print_table(console, _("Findings about the data"), findings, columns, 100)
    print_table(console, _("Unknown fields"), result.unknown_fields, ("file", "path", "record_count", "sample"), 20)
    held = [table for table in result.tables if table["rows"]]
    made = [row | {"finished_at": _minute(row), "seconds": _seconds(row)} for row in result.builds]
    print_table(console, _("Builds"), made, ("finished_at", "seconds", "new_load_count", "newest_load_id"), 10)
    print_table(console, _("Largest tables"), result.largest, ("table", "rows", "bytes"), 20)
    print_table(console, _("Raw tables"), held, ("table", "rows", "newest_day", "digest"), 100)
    if held:
        # the raw tables are as they came: which date says the day of a row is known to the models alone
        newest = _(
            "newest day: the latest in the first column of the table that is a date, which may be one of release; empty"
            " if no column is: the day of a list is that of its file"
        )
        console.print(newest, highlight=False, soft_wrap=True)
    if not result.problems:
        console.print(_("Every record is accounted for: in = loaded + duplicate + rejected, in every file."))


def _minute(build: dict) -> str:
    return f"{build['finished_at']:%Y-%m-%d %H:%M}"


def _seconds(build: dict) -> str:
    return "" if build["seconds"] is None else grouped(build["seconds"], 1)


def _example(example: dict) -> str:
    """One finding in words: of which record, where, what was sent, in which file."""
    where = " ".join(example[name] for name in ("record_id", "place") if example[name])
    sent = _(": {sent}", sent=example["example"][:MOST]) if example["example"] else ""
    return where + sent + (_(" in {file}", file=Path(example["file_path"]).name) if example["file_path"] else "")


def _cell(column: str, value: object) -> str:
    if isinstance(value, int):
        return grouped(value)
    said = "" if value is None else printable(value)
    if len(said) <= MOST or column in WHOLE:
        return said
    # files differ in how their paths end
    return f"…{said[-MOST:]}" if column in ("path", "file") else f"{said[:MOST]}…"


def print_table(
    console: "Console", title: str, rows: list[dict], columns: tuple[str, ...], most: int, *, count: int = 0
) -> None:
    """Print rows as a table, `most` of them at most; `count` is how many there are, if `rows` are the first of them."""
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    count = count or len(rows)
    table = Table(title=f"{title} ({grouped(count)})", title_justify="left", box=None)
    for column in columns:
        is_number = isinstance(rows[0][column], int)
        table.add_column(_(HEADINGS[column]), justify="right" if is_number else "left", overflow="fold")
    for row in rows[:most]:
        table.add_row(*(Text(_cell(column, row[column])) for column in columns))  # a sample is data, not markup
    console.print(table)
    if count > most:
        console.print(_("... and {count} more: crescendo status --format json", count=grouped(count - most)))
