"""`crescendo report`: what a person types; the work is in `crescendo.report`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from crescendo import warehouse
from crescendo.ask import texts
from crescendo.cli.output import LANG
from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.options import NamedPath, format_option

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("report")
def report_command() -> None:
    """What happened on a day, as one page for people.

    \b
    Example:
      crescendo report daily --to report.html
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
        click.echo(texts._("wrote {path}", path=path), err=True)
    else:
        click.echo(text, nl=False)
