"""What `crescendo status` says in one screen: what matters first, and how much more there is of each."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from crescendo.ask.tables import Column, cut, fitted
from crescendo.ingest.status import Status
from crescendo.terminal import printable

# rows of a list, so that all lists and the last line fit a terminal of 24 lines
MOST, MOST_FINDINGS = 2, 4
PIPED_WIDTH = 140
MORE = "crescendo status --all shows every file, table and example"


def screen(result: Status) -> Iterator[str]:
    """The lines, of the terminal's width at most but for the sentences on refused files."""
    size = (80 if sys.stdout and sys.stdout.isatty() else PIPED_WIDTH, 24)
    width = shutil.get_terminal_size(size).columns
    last = f", the last at {result.loads[0]['started_at']:%Y-%m-%d %H:%M} UTC" if result.loads else ""
    yield f"{printable(result.warehouse)}, {result.size_bytes / 1e6:,.1f} MB, {len(result.loads)} last loads{last}"
    refused = [file for file in result.files if file["status"] == "refused"]
    partial = sum(file["records_rejected"] + file["rows_rejected"] > 0 for file in result.files)
    rejects = f"{partial:,} with rejected records or rows"
    yield f"{len(result.files):,} files: {len(refused):,} refused, {rejects}"
    for file in refused[:MOST]:
        yield printable(f"refused: {file['path']} {file['reason']}")
    if len(refused) > MOST:
        yield f"... and {len(refused) - MOST:,} more refused"
    findings = {
        "finding": lambda row: row["finding_kind"], "count": lambda row: row["finding_count"],
        "rows": lambda row: "set aside" if row["is_set_aside"] else "kept", "meaning": lambda row: row["meaning"],
    }  # fmt: skip
    sources = {
        "source": lambda row: row["source"], "tables": lambda row: row["tables"], "rows": lambda row: row["rows"],
        "newest day": lambda row: row["newest"],
    }  # fmt: skip
    rejected = [
        f"{Path(row['file']).name}, line {row['line']}, {row['path']} {row['reason']}: {row['sample']}"
        for row in result.rejected
    ]
    yield from _sentences("Rejected", rejected, width)
    unknown = [
        f"{row['path']} in {row['record_count']:,} records of {Path(row['file']).name}: {row['sample']}"
        for row in result.unknown_fields
    ]
    yield from _sentences("Unknown fields", unknown, width)
    yield from _list("Findings about the data", result.findings, findings, MOST_FINDINGS, width)
    yield from _list("Raw tables", _by_source(result.tables), sources, len(result.tables), width)
    if not result.problems:
        yield "Every record is accounted for: in = loaded + duplicate + rejected."
    yield MORE


def _by_source(tables: list[dict]) -> list[dict]:
    """The raw tables that have rows, in one row for each source."""
    made: dict[str, dict] = {}
    for table in tables:
        if table["rows"]:
            source = table["table"].split(".")[0].removeprefix("raw_")
            row = made.setdefault(source, {"source": source, "tables": 0, "rows": 0, "newest": None})
            row["tables"] += 1
            row["rows"] += table["rows"]
            row["newest"] = max(filter(None, (row["newest"], table["newest_day"])), default=None)
    return list(made.values())


def _sentences(title: str, rows: list[str], width: int) -> Iterator[str]:
    """The title with the number of rows, and the first rows."""
    if rows:
        yield f"{title} ({len(rows):,}{f', the first {MOST}' if len(rows) > MOST else ''})"
        yield from (cut(f"  {printable(row)}", width) for row in rows[:MOST])


def _list(
    title: str, rows: list[dict], shown: dict[str, Callable[[dict], object]], most: int, width: int
) -> Iterator[str]:
    """The title with the number of rows, and the first rows: columns of one width, texts cut visibly."""
    if not rows:
        return
    columns = []
    for heading, of in shown.items():
        values = [of(row) for row in rows[:most]]
        is_text = not any(isinstance(value, int) for value in values)
        said = [f"{value:,}" if isinstance(value, int) else printable(value or "") for value in values]
        columns.append(Column(heading, said, is_text))
    more = f", the first {most}" if len(rows) > most else ""
    heading, *lines = fitted(columns, width - 2)[0]
    yield f"{title} ({len(rows):,}{more})"
    for line in (heading, *lines):
        yield f"  {line}"
