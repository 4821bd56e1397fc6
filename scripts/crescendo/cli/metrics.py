"""The verb `metrics`: what is counted in this warehouse."""

from typing import Any

import click

from crescendo.ask import lists
from crescendo.ask.texts import _
from crescendo.cli.completion import PLATFORMS
from crescendo.cli.output import View, listing, put_listing

# rows, so that all lines fit a terminal of 24
SCREEN = 18


@click.command("metrics")
@click.option("--platform", default="", shell_complete=PLATFORMS, help="Of this platform only: spotify.")
@click.option("--all", "everything", is_flag=True, help="Every metric, not a screen of those with most series.")
@listing
def metrics_command(platform: str, everything: bool, **how: Any) -> int:
    """List the metrics that are there: platform, kind, number of series, first and last day.

    \b
    Example:
      crescendo metrics
      crescendo metrics --platform spotify --format json
    """

    def view() -> View:
        listed = lists.metrics(platform)
        is_file = how["path"] or how["form"] not in (None, "table")
        more = len(listed.rows.rows) - SCREEN
        if everything or is_file or more <= 0:
            return View(listed.rows, listed.cells(), listed.title, listed.footers)
        footer = _("{count} more; --all shows them, --platform those of one", count=more)
        return View(listed.rows, listed.cells(SCREEN), listed.title, [footer])

    put_listing(view, **how)
    return 0
