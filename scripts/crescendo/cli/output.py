"""Where an answer goes: a table on the terminal, or a text or file in a format."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from crescendo.ask import outputs, tables, texts
from crescendo.ask.outputs import Rows
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError
from crescendo.terminal import printable

# the width of a table that goes to a file or another program, unless COLUMNS says otherwise
PIPED_WIDTH = 160


@dataclass(frozen=True)
class View:
    """An answer: all its rows for a file, and for people the cells shown, the title and the footers."""

    rows: Rows
    cells: list[tables.Column]
    title: str
    footers: list[str] = field(default_factory=list)


class FileOrDay(click.ParamType):
    """A day, or a file to write: `--to` takes either, and may be given twice."""

    name = "day or file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """A Path if its ending is that of a format, else the text as it is."""
        if isinstance(value, str) and Path(value).suffix.lower() in outputs.ENDINGS:
            return Path(value)
        return value


FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(outputs.FORMATS),
    help="How to answer.  [default: table, or what the ending of FILE says]",
)
WIDE = click.option("--wide", is_flag=True, help="Every column and digit, however narrow the terminal is.")
LANG = click.option(
    "--lang",
    type=click.Choice(texts.LANGUAGES),
    help="Language of tables and messages; files keep the names of columns.",
)
LOCALE = click.option("--locale", type=click.Choice(outputs.LOCALES), help="fr: decimal commas and semicolons in CSV.")
TO_FILE = click.option("--to", "path", metavar="FILE", type=click.Path(path_type=Path), help="The file to write.")


def listing(command: Callable) -> Callable:
    """The options of a verb that prints one list."""
    for option in (LOCALE, LANG, WIDE, TO_FILE, FORMAT):
        command = option(command)
    return command


def put_listing(
    view: Callable[[], View],
    *,
    form: str | None,
    path: Path | None,
    wide: bool,
    lang: str | None,
    locale: str | None,
) -> None:
    """Print or write a list, made once its language is known."""
    texts.choose(lang or locale or "")
    put(view(), outputs.form_of(form or "", path), path, locale or "en", wide)


def put(view: View, form: str, path: Path | None, locale: str, wide: bool) -> None:
    """Print an answer, or write it to a file. Raises CrescendoError if a format does not fit a terminal."""
    is_screen = path is None and click.get_text_stream("stdout").isatty()
    rows = view.rows
    if form in outputs.BINARY:
        if is_screen:
            raise CrescendoError(_("{form} is no text: name a file with --to answer.{form}", form=form))
        sheet = Rows(rows.columns, rows.types, rows.rows, view.title.split("\n")[0])
        _write(outputs.as_xlsx(sheet) if form == "xlsx" else outputs.as_parquet(sheet), path)
    elif form == "json":
        _write(outputs.as_json(rows), path)
    elif form == "csv":
        text = outputs.as_csv(rows, locale, lambda cell: printable(cell) if is_screen and cell is not None else cell)
        _write(text, path, mark=path is not None or locale != "en")
    elif form == "markdown":
        lines = [[column.cells[row] for column in view.cells] for row in range(len(rows.rows))]
        headings, are_texts = [column.heading for column in view.cells], [column.is_text for column in view.cells]
        notes = "".join(f"\n{line}\n" for line in view.footers)
        _write(f"**{view.title}**\n\n" + outputs.as_markdown(headings, lines, are_texts) + notes, path)
    else:
        _write(_table(view, 10**6 if wide else _width(is_screen), bold=_has_colour(is_screen)), path)


def _table(view: View, width: int, *, bold: bool) -> str:
    """Title, rows, footers: lines of at most `width` cells, but for the title and the footers, which are sentences."""
    lines, notes = tables.fitted(view.cells, width) if view.cells else ([], [])
    head = [click.style(line, bold=True) if bold else line for line in (view.title, *lines[:1])]
    return "\n".join([*head, *lines[1:], *notes, *view.footers]) + "\n"


def _write(content: str | bytes, path: Path | None, *, mark: bool = False) -> None:
    if path:
        data = content if isinstance(content, bytes) else content.encode("utf-8-sig" if mark else "utf-8")
        outputs.write(data, path)
        click.echo(_("wrote {path}", path=path), err=True)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        click.echo(("\ufeff" if mark else "") + content, nl=False)


def _width(is_screen: bool) -> int:
    return shutil.get_terminal_size((80 if is_screen else PIPED_WIDTH, 24)).columns


def _has_colour(is_screen: bool) -> bool:
    return is_screen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
