"""What `crescendo status` says in one screen: what matters first, and how much more there is of each."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from crescendo.ask.tables import Column, cut, fitted, grouped
from crescendo.ask.texts import _, reason
from crescendo.ingest.status import Status
from crescendo.terminal import printable

# rows of a list, so that all lists and the last line fit a terminal of 24 lines
MOST, MOST_FINDINGS = 2, 4
PIPED_WIDTH = 140


def screen(result: Status) -> Iterator[str]:
    """The lines, of the terminal's width at most but for the sentences on refused files."""
    size = (80 if sys.stdout and sys.stdout.isatty() else PIPED_WIDTH, 24)
    width = shutil.get_terminal_size(size).columns
    yield from head(result, MOST)
    for title, rows, count in _notes(result):
        yield from _sentences(title, rows, count, width)
    findings = {
        _("finding"): lambda row: row["finding_kind"], _("count"): lambda row: row["finding_count"],
        _("rows"): lambda row: fate(row), _("meaning"): lambda row: row["meaning"],
    }  # fmt: skip
    sources = {
        _("source"): lambda row: row["source"], _("tables"): lambda row: row["tables"],
        _("rows"): lambda row: row["rows"], _("newest day"): lambda row: row["newest"],
    }  # fmt: skip
    yield from _list(_("Findings about the data"), result.findings, findings, MOST_FINDINGS, width)
    yield from _list(_("Raw tables"), _by_source(result.tables), sources, len(result.tables), width)
    if not result.problems:
        yield _("Every record is accounted for: in = loaded + duplicate + rejected.")
    yield _("crescendo status --all shows every file, table and example")


def head(result: Status, most: int) -> Iterator[str]:
    """What the warehouse is, how many files it has, and `most` of those that were refused."""
    last = f"{result.loads[0]['started_at']:%Y-%m-%d %H:%M}" if result.loads else ""
    size = grouped(result.size_bytes / 1e6, 1)
    yield (
        _("{warehouse}, {size} MB, {count} {count:load|loads}", warehouse=printable(result.warehouse), size=size,
          count=result.loads[0]["_load_id"] if result.loads else 0)
        + (_(", the last at {when} UTC", when=last) if last else "")
    )  # fmt: skip
    if result.builds and result.builds[0]["seconds"] is not None:
        built = result.builds[0]
        yield _(
            "built {when} UTC from loads 1 to {load}, in {seconds} s",
            when=f"{built['finished_at']:%Y-%m-%d %H:%M}", load=built["newest_load_id"],
            seconds=grouped(built["seconds"], 1),
        )  # fmt: skip
    refused = [file for file in result.files if file["status"] == "refused"]
    partial = sum(any(file[f"{what}_rejected"] for what in ("records", "rows", "values")) for file in result.files)
    counts = {"files": grouped(len(result.files)), "refused": grouped(len(refused)), "partial": grouped(partial)}
    yield _("{files} {files:file|files}: {refused} refused, {partial} with rejected records, rows or values", **counts)
    for file in refused[:most]:
        yield printable(_("refused: {path} {reason}", path=file["path"], reason=reason(file["reason"] or "")))
    if len(refused) > most:
        yield _("... and {count} more refused", count=grouped(len(refused) - most))


def fate(finding: dict) -> str:
    """Whether the rows of a finding count."""
    return _("set aside") if finding["is_set_aside"] else _("kept")


def place(row: dict) -> object:
    """Where a reject is: its line, or the number of its record in a file that has no lines."""
    if row["line"] or not row["record_index"]:
        return row["line"]
    return _("record {number}", number=row["record_index"])


def _notes(result: Status) -> Iterator[tuple[str, list[str], int]]:
    """Each list of sentences with title and count: notes on loaded files, rejected records, undeclared fields."""
    noted = [
        _("{file}: {reason}", file=Path(file["path"]).name, reason=reason(file["reason"]))
        for file in result.files
        if file["reason"] and file["status"] != "refused"
    ]
    yield _("Loaded, but look at these"), noted, len(noted)
    yield (
        _("Rejected"),
        [
            _rejection(
                row | {"file": Path(row["file"]).name, "path": row["path"] or "-", "reason": reason(row["reason"])}
            )
            for row in result.rejected[:MOST]
        ],
        result.rejected_count,
    )
    yield (
        _("Unknown fields"),
        [
            _(
                "{path} in {count} {count:record|records} of {file}: {sample}",
                **row | {"count": grouped(row["record_count"]), "file": Path(row["file"]).name},
            )
            for row in result.unknown_fields
        ],
        len(result.unknown_fields),
    )


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


def _counted(title: str, count: int, most: int) -> str:
    """A title with the number of its rows, and how many of them are shown."""
    return f"{title} ({grouped(count)}{_(', the first {most}', most=most) if count > most else ''})"


def _sentences(title: str, rows: list[str], count: int, width: int) -> Iterator[str]:
    """The title with the number of rows that there are, and the first rows."""
    if rows:
        yield _counted(title, count, MOST)
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
        said = [grouped(value) if isinstance(value, int) else printable(value or "") for value in values]
        columns.append(Column(heading, said, is_text))
    heading, *lines = fitted(columns, width - 2)[0]
    yield _counted(title, len(rows), most)
    for line in (heading, *lines):
        yield f"  {line}"


def _rejection(said: dict) -> str:
    """What was rejected: from a file of lines, or from one whose records are known by their number."""
    if said["line"]:
        return _("{file}, line {line}, {path} {reason}: {sample}", **said)
    return _("{file}, record {record_index}, {path} {reason}: {sample}", **said)
