"""The verb `metrics`: what is counted in this warehouse."""

from typing import Any

import click

from crescendo.ask import lists
from crescendo.cli.output import View, listing, put_listing


@click.command("metrics")
@click.option("--platform", default="", help="Of this platform only: spotify.")
@listing
def metrics_command(platform: str, **how: Any) -> int:
    """List the metrics that are there: platform, kind, number of series, first and last day.

    \b
    Example:
      crescendo metrics
      crescendo metrics --platform spotify --format json
    """

    def view() -> View:
        listed = lists.metrics(platform)
        return View(listed.rows, listed.cells(), listed.title, listed.footers)

    put_listing(view, **how)
    return 0
