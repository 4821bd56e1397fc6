"""`crescendo status`: what a person types and sees; the work is in `crescendo.ingest.status`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crescendo.ingest.status import Status, status
from crescendo.options import english_only, format_option
from crescendo.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console

MOST = 60  # characters of a cell
WHOLE = ("reason", "meaning", "example")  # sentences


@click.command("status")
@format_option("table", "json")
@click.option("--all", "everything", is_flag=True, help="Every file, table and example, not one screen.")
@english_only
def status_command(form: str, everything: bool) -> int:
    """Show what was loaded, rejected, unknown and found; exit code 1 if a record is not accounted for.

    \b
    Example:
      crescendo status
      crescendo status --all
      crescendo status --format json
    """
    from crescendo.cli.screen import screen

    result = status()
    if form == "json":
        click.echo(json.dumps(asdict(result), default=str))
    elif everything:
        _print(result)
    else:
        click.echo("\n".join(screen(result)))
    for problem in result.problems:
        click.echo(f"error: {problem}", err=True)
    return 1 if result.problems else 0


def _print(result: Status) -> None:
    from rich.console import Console

    console = Console(width=None if click.get_text_stream("stdout").isatty() else 140)
    console.print(f"{result.warehouse}, {result.size_bytes / 1e6:,.1f} MB, {len(result.loads)} last loads")
    refused = [file for file in result.files if file["status"] == "refused"]
    partial = sum(file["records_rejected"] + file["rows_rejected"] > 0 for file in result.files)
    rejects = f"{partial:,} with rejected records or rows"
    console.print(f"{len(result.files):,} files: {len(refused):,} refused, {rejects}")
    for file in refused[:20]:
        # a path is data, not markup; a sentence is not cut
        said = printable(f"refused: {file['path']} {file['reason']}")
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    if len(refused) > 20:
        console.print(f"... and {len(refused) - 20} more refused: crescendo status --format json")
    loaded = [file for file in result.files if file["status"] != "refused"]
    counts = [f"records_{how}" for how in ("in", "loaded", "duplicate", "rejected")]
    counts += ["rows_loaded", "rows_rejected", "values_rejected"]
    print_table(console, "Files", loaded, ("path", "status", *counts), 20)
    print_table(console, "Rejected", result.rejected, ("file", "line", "path", "reason", "sample"), 20)
    findings = [row | {"example": _example(row["example"])} for row in result.findings]
    for row in findings:
        row["set_aside"] = "set aside" if row["is_set_aside"] else "kept"
    columns = ("finding_kind", "finding_count", "set_aside", "example", "meaning")
    print_table(console, "Findings about the data", findings, columns, 100)
    print_table(console, "Unknown fields", result.unknown_fields, ("file", "path", "record_count", "sample"), 20)
    held = [table for table in result.tables if table["rows"]]
    print_table(console, "Raw tables", held, ("table", "rows", "newest_day", "digest"), 100)
    if not result.problems:
        console.print("Every record is accounted for: in = loaded + duplicate + rejected, in every file.")


def _example(example: dict) -> str:
    """One finding in words: of which record, where, what was sent, in which file."""
    where = " ".join(example[name] for name in ("record_id", "place") if example[name])
    sent = f": {example['example'][:MOST]}" if example["example"] else ""
    return where + sent + (f" in {Path(example['file_path']).name}" if example["file_path"] else "")


def _cell(column: str, value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    said = "" if value is None else printable(value)
    if len(said) <= MOST or column in WHOLE:
        return said
    # files differ in how their paths end
    return f"…{said[-MOST:]}" if column in ("path", "file") else f"{said[:MOST]}…"


def print_table(console: "Console", title: str, rows: list[dict], columns: tuple[str, ...], most: int) -> None:
    """Print rows as a table, `most` of them at most."""
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(title=f"{title} ({len(rows)})", title_justify="left", box=None)
    for column in columns:
        is_number = isinstance(rows[0][column], int)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows[:most]:
        table.add_row(*(Text(_cell(column, row[column])) for column in columns))  # a sample is data, not markup
    console.print(table)
    if len(rows) > most:
        console.print(f"... and {len(rows) - most} more: crescendo status --format json")
