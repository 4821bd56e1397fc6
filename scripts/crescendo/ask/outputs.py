"""An answer as a file or text: JSON, CSV, Markdown, Excel, Parquet. The table for a terminal is in `tables`.

CSV of the locale `fr` has semicolons and decimal commas. A CSV file, unlike one that is piped, begins with a byte
order mark, because a spreadsheet takes a file without it for another encoding.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crescendo.ask.texts import _
from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.publish import spreadsheet
from crescendo.terminal import printable

FORMATS = ("table", "json", "csv", "markdown", "xlsx", "parquet")
ENDINGS = {".json": "json", ".csv": "csv", ".md": "markdown", ".xlsx": "xlsx", ".parquet": "parquet", ".txt": "table"}
BINARY = ("xlsx", "parquet")
LOCALES = ("en", "fr")
# a double, and so a spreadsheet and JavaScript, holds fewer digits exactly
LARGEST_EXACT = 2**53
WIDEST_CELL, NARROWEST_CELL = 60, 8


@dataclass(frozen=True)
class Rows:
    """Rows with the names and DuckDB types of their columns, and the title of the sheet."""

    columns: list[str]
    types: list[str]
    rows: list[tuple]
    title: str = ""


def form_of(form: str, path: Path | None) -> str:
    """The format that was asked for, else that of the file's ending, else a table.

    Raises CrescendoError if the ending says none, or another one: a program would refuse to open such a file.
    """
    ending = ENDINGS.get(path.suffix.lower(), "") if path else ""
    if form and ending not in ("", "table", form):
        said = _("{path} ends as {ending} does: leave out --format {form}", path=path, ending=ending, form=form)
        raise CrescendoError(said)
    if form:
        return form
    if path is None:
        return "table"
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(sorted(set(ENDINGS.values())))
        raise CrescendoError(
            _("{path} has no ending that says a format: add --format {known}", path=path, known=known)
        ) from None


def is_like_a_file(said: str) -> bool:
    """Whether a text has letters and an ending or a folder, as no day has."""
    return bool(re.search(r"[^\W\d]", said) and (Path(said).suffix or re.search(r"[/\\]", said)))


def as_json(rows: Rows) -> str:
    """A list of objects with the columns' names. Integers that a double cannot hold are texts."""

    def value(cell: object) -> object:
        return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) > LARGEST_EXACT else cell

    objects = [{c: value(cell) for c, cell in zip(rows.columns, row, strict=True)} for row in rows.rows]
    return json.dumps(objects, default=str, ensure_ascii=False, indent=1) + "\n"


def as_csv(rows: Rows, locale: str = "en", show: Callable[[object], object] = lambda cell: cell) -> str:
    """A header and a line per row; texts that a spreadsheet would compute get an apostrophe (`spreadsheet.safe`)."""

    def value(cell: object) -> object:
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, float):
            said = f"{cell:.0f}" if cell.is_integer() and abs(cell) < LARGEST_EXACT else repr(cell)
            return said.replace(".", ",") if locale == "fr" else said
        kept = spreadsheet.safe(show(cell))
        # Python quotes a line feed, but not a lone carriage return, which ends a row for others
        return "\n".join(kept.replace("\r\n", "\n").split("\r")) if isinstance(kept, str) else kept

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", delimiter=";" if locale == "fr" else ",")
    writer.writerow(rows.columns)
    writer.writerows([value(cell) for cell in row] for row in rows.rows)
    return text.getvalue()


def as_markdown(headings: Sequence[str], cells: Sequence[Sequence[str]], are_texts: Sequence[bool]) -> str:
    """A pipe table; figures are aligned to the right."""

    def line(parts: Sequence[str]) -> str:
        return "| " + " | ".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts) + " |"

    rules = ["---" if is_text else "---:" for is_text in are_texts]
    return "\n".join([line(headings), line(rules), *map(line, cells)]) + "\n"


def as_xlsx(rows: Rows) -> bytes:
    """A workbook of one sheet: typed cells, frozen header, widths by content, and no formula whatever a text holds."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title="".join(c for c in rows.title if c not in "[]:*?/\\'")[:31] or "answer")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(rows.columns, 1):
        longest = max([len(column), *(len(_shown(row[number - 1])) for row in rows.rows[:1000])])
        width = min(max(longest + 2, NARROWEST_CELL), WIDEST_CELL)
        sheet.column_dimensions[get_column_letter(number)].width = width
    header = [WriteOnlyCell(sheet, value=column) for column in rows.columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in rows.rows:
        sheet.append(
            [_cell(WriteOnlyCell, sheet, column, value) for column, value in zip(rows.columns, row, strict=True)]
        )
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _cell(make: type, sheet: object, column: str, value: object) -> object:
    """A typed cell: ids that a double cannot hold are texts, and a text is never a formula."""
    is_long = isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT
    if isinstance(value, str) or is_long:
        cell = make(sheet, value="")
        cell.value = printable(value, lines=True)[:32767]
        cell.data_type = "s"
        return cell
    cell = make(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, float):
        decimals = column.endswith(("_pct", "_ratio")) or not value.is_integer()
        cell.number_format = "#,##0.00" if decimals else "#,##0"
    return cell


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else "" if value is None else str(value)


def as_parquet(rows: Rows) -> bytes:
    """A Parquet file with the columns' types."""
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        columns = ", ".join(f'"{c}" {kind}' for c, kind in zip(rows.columns, rows.types, strict=True))
        connection.execute(f"create table answer ({columns})")
        if rows.rows:
            connection.executemany(f"insert into answer values ({', '.join('?' * len(rows.columns))})", rows.rows)
        path = Path(folder, "answer.parquet")
        connection.execute(f"copy answer to '{path}' (format parquet)")
        return path.read_bytes()


def write(data: bytes, path: Path) -> None:
    """Write a file as a whole or not at all. Raises CrescendoError if that is not possible."""
    try:
        write_atomically(path, data)
    except OSError as error:
        raise CrescendoError(
            _("cannot write {path}: {reason}: name another file", path=path, reason=error.strerror)
        ) from None
