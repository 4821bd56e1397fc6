"""`crescendo insights`: what a person types; the work is in `crescendo.report`."""

import shutil
import sys
from datetime import date
from pathlib import Path

import click
import duckdb

from crescendo import warehouse
from crescendo.ask import names, texts, windows
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.cli.output import LANG
from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.options import NamedPath, format_option

PIPED_WIDTH = 120


@click.command("insights")
@click.option("--name", "asked", multiple=True, help="A name or part of one, an id or ISRC; may be repeated.")
@click.option("--last", default="7d", show_default=True, metavar="7d", help="7d, 4w, 3m up to the last complete day.")
@format_option("table", "json", "html")
@click.option("--to", "path", type=NamedPath(path_type=Path), metavar="FILE", help="The file to write.")
@LANG
def insights_command(asked: tuple[str, ...], last: str, form: str, path: Path | None, lang: str | None) -> None:
    """What moved in a week and why, who passed what, and what comes next: at most ten sentences.

    The most surprising comes first, against the series' own course; each has its figures, and the query that shows
    more. Forecasts and effects of playlists are there once `crescendo estimate` made them.

    \b
    Example:
      crescendo insights
      crescendo insights --name "Orla Marlane" --last 4w
      crescendo insights --format html --to week.html
    """
    from crescendo.report import front, insights

    texts.choose(lang or "")
    with warehouse.connect(read_only=True) as connection:
        window = window_of(connection, last)
        subjects, called = found(connection, asked)
        made = front.Front(window, insights.findings(connection, window, subjects), called)
    width = shutil.get_terminal_size((80 if sys.stdout.isatty() else PIPED_WIDTH, 24)).columns
    text = {"html": front.as_html, "json": front.as_json, "table": lambda one: front.as_table(one, width)}[form](made)
    if path:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
        click.echo(_("wrote {path}", path=path), err=True)
    else:
        click.echo(text, nl=False)


def window_of(connection: duckdb.DuckDBPyConnection, last: str) -> Window:
    """The window of `--last`, up to the last complete day. Raises CrescendoError if there is none."""
    from crescendo.report import insights

    try:
        end: date | None = insights.last_day(connection)
    except duckdb.CatalogException:
        raise CrescendoError(_("The models were never built: `crescendo build` makes them.")) from None
    if end is None:
        raise CrescendoError(
            _("nothing that is loaded has counts of days: `crescendo load FILE`, then `crescendo build`")
        )
    return windows.last(last)(end)


def found(connection: duckdb.DuckDBPyConnection, asked: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The subjects that names mean, with the members of groups, and their names. Raises CrescendoError."""
    subjects: list[str] = []
    called: list[str] = []
    for text in asked:
        best = names.find(connection, text)
        if not best:
            raise names.unknown(connection, text)
        meant = [one for one in best if one.rank == best[0].rank]
        called.append(meant[0].name)
        subjects += [one.subject_id for one in (*meant, *(one for one in best if one.rank == names.GROUP))]
    return subjects, called
