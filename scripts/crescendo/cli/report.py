"""`crescendo report`: what a person types; the work is in `crescendo.report`."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb

from crescendo import warehouse
from crescendo.ask import names, texts
from crescendo.ask.texts import _
from crescendo.cli.output import LANG
from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.options import COUNT, NamedPath, format_option

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("report")
def report_command() -> None:
    """What happened on a day, or to an artist in a week, as one page for people.

    \b
    Example:
      crescendo report daily --to report.html
      crescendo report weekly --by artist --to weekly/
    """


@report_command.command("daily")
@click.option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="Without it today, in UTC.")
@format_option("html", "md", "json")
@click.option("--to", "path", type=NamedPath(path_type=Path), metavar="FILE", help="The file to write.")
@LANG
def daily_command(day: datetime | None, form: str, path: Path | None, lang: str | None) -> None:
    """Runs, volumes, requests, quality, freshness, alerts and movers of a day, each figure beside its usual range.

    The page needs nothing but itself. It is made of what is there: of a warehouse that was never built it says so.

    \b
    Example:
      crescendo report daily --to report.html
      crescendo report daily --date 2026-01-31 --format md --lang fr
    """
    from crescendo.report import daily

    texts.choose(lang or "")
    now = datetime.now(UTC).replace(tzinfo=None)
    asked = day.date() if day else now.date()
    if asked > now.date():
        raise CrescendoError(f"--date {asked} is in the future: today is {now.date()}, in UTC")
    made = daily.report(warehouse.path(), asked, now)
    text = {"html": daily.as_html, "md": daily.as_markdown, "json": daily.as_json}[form](made)
    if path:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
        click.echo(_("wrote {path}", path=path), err=True)
    else:
        click.echo(text, nl=False)


@report_command.command("weekly")
@click.option("--by", "kind", default="artist", show_default=True, metavar="TYPE", help="A page for each of this type.")
@click.option("--name", "asked", help="Only the page of this one: a name or part of one, or an id.")
@click.option("--top", type=COUNT, default=20, show_default=True, help="The largest N, if no name is given.")
@click.option("--last", default="7d", show_default=True, metavar="7d", help="7d, 4w, 3m up to the last complete day.")
@click.option("--to", "path", type=NamedPath(path_type=Path), metavar="PATH", help="The folder, or the file of --name.")
@LANG
def weekly_command(kind: str, asked: str | None, top: int, last: str, path: Path | None, lang: str | None) -> None:
    """The week of each artist on a page of its own: what moved, what it is made of, and what comes next.

    A page needs nothing but itself. Forecasts and effects of playlists are there once `crescendo estimate` made them.

    \b
    Example:
      crescendo report weekly --by artist --to weekly/
      crescendo report weekly --name "Orla Marlane" --to orla.html --lang fr
    """
    from crescendo.cli.insights import window_of
    from crescendo.report import weekly

    texts.choose(lang or "")
    if asked is None and path is None:
        raise CrescendoError(_("several pages need a folder: --to weekly/, or name one with --name"))
    with warehouse.connect(read_only=True) as connection:
        window = window_of(connection, last)
        subjects = [_named(connection, asked, kind)] if asked else weekly.largest(connection, kind, top)
        if not subjects:
            raise CrescendoError(_("there is nothing of the type {kind}: --by song, artist or film", kind=kind))
        for name, text in weekly.pages(connection, window, subjects, warehouse.path().name):
            _put_page(text, _page_file(path, name, alone=bool(asked)))


def _named(connection: duckdb.DuckDBPyConnection, asked: str, kind: str) -> tuple[str, str]:
    """The one subject of a type that a name means. Raises CrescendoError."""
    best = names.find(connection, asked, kind, limit=1)
    if not best:
        raise names.unknown(connection, asked, kind)
    return best[0].subject_id, best[0].name


def _page_file(path: Path | None, name: str, *, alone: bool) -> Path | None:
    """Where the page of a name goes: the file that was said, else one of its own in the folder."""
    if path is None or (alone and path.suffix.lower() == ".html"):
        return path
    words = re.sub(r"[^\w]+", "-", name.lower()).strip("-")[:60]
    return path / f"{words or 'page'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}.html"


def _put_page(text: str, path: Path | None) -> None:
    if path is None:
        click.echo(text, nl=False)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode("utf-8", "backslashreplace"))
    click.echo(_("wrote {path}", path=path), err=True)
