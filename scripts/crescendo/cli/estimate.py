"""`crescendo estimate`: what a person types; the work is in analysis/insights/."""

import json
import sys
from dataclasses import asdict

import click

from crescendo.logs import logged
from crescendo.options import format_option


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", err=True, nl=False)


@click.command("estimate")
@format_option("table", "json")
@logged("estimate")
def estimate_command(form: str) -> None:
    """Estimate what comes next and what playlists did: forecasts, expected milestones, playlist effects.

    Rests on the tables that `crescendo build` makes; writes the schema `estimates`, which `insights` shows by name.
    A forecast is shown only where it beat the seasonal naive one; every row says why it has none.

    \b
    Example:
      crescendo estimate
    """
    from crescendo.analysis.insights import estimate

    done = estimate.estimate(_say)
    _say("")
    if form == "json":
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(
        f"{done.forecasts:,} of {done.series:,} series have a forecast, {done.milestones:,} have a day for their next"
        f" milestone, {done.effects:,} effects of playlists hold"
    )
