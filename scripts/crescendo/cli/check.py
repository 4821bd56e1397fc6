"""`crescendo check`: what a person types and sees; the work is in `crescendo.sources.probe`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from crescendo.http.credentials import Access
from crescendo.options import SECONDS_OF_WORK, credentials_option, format_option
from crescendo.terminal import printable

SOURCES = ("moovitamix", "soundcharts", "tmdb")


@click.command("check")
@click.option("--source", required=True, type=click.Choice(SOURCES), help="Whose API.")
@click.option("--url", default=None, help="Another server, such as a simulator.")
@credentials_option
@click.option("--sandbox", is_flag=True, help="Soundcharts: the credentials that it publishes for trials.")
@click.option("--timeout", type=SECONDS_OF_WORK, default=10.0, show_default=True, help="For one answer, seconds.")
@click.option("--slow", type=SECONDS_OF_WORK, default=3.0, show_default=True, help="An answer that takes more fails.")
@format_option("text", "json")
def check_command(
    source: str, url: str | None, secrets: Path | None, sandbox: bool, timeout: float, slow: float, form: str
) -> int:
    """Try an API before an extraction: is it there, does it accept the credentials, are its answers as declared.

    Two or three requests are asked, once each, with the credentials of `crescendo fetch`; nothing is landed. A line
    each for reachable, credentials, shape, latency and quota. Exit code 1 if one of them fails, 2 if there is nothing
    to try, as without credentials.

    \b
    Example:
      crescendo check --source moovitamix --url http://127.0.0.1:8000
      crescendo check --source soundcharts --sandbox
    """
    from crescendo.sources import probe

    if sandbox and source != "soundcharts":
        raise click.UsageError(f"--sandbox is for soundcharts: leave it out for {source}")
    address, access = _who(source, url, secrets, sandbox)
    checks = probe.probe(source, address, access, timeout=timeout, slow=slow)
    ready = all(check.status == probe.OK for check in checks)
    if form == "json":
        said = {"source": source, "url": address, "ready": ready, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(said))
    else:
        click.echo(f"{source} at {address}")
        for check in checks:
            click.echo(f"  {check.status:<12} {check.name:<12} {printable(check.said)}")
    return 0 if ready else 1


def _who(source: str, url: str | None, secrets: Path | None, sandbox: bool) -> tuple[str, Access]:
    """Where a source is asked and what it is shown. Raises CrescendoError without credentials."""
    from crescendo.http.credentials import credentials

    if source == "moovitamix":
        from crescendo.sources.moovitamix import fetch as moovitamix

        return url or moovitamix.URL, Access()
    if source == "tmdb":
        from crescendo.sources.tmdb import fetch as tmdb

        return url or tmdb.URL, tmdb.access(*credentials(tmdb.TOKEN, file=secrets, trial=tmdb.TRIAL).values())
    from crescendo.sources.soundcharts import fetch as soundcharts

    shown = (
        soundcharts.SANDBOX
        if sandbox
        else credentials(soundcharts.OAUTH, soundcharts.KEYS, file=secrets, trial=soundcharts.TRIAL)
    )
    return url or soundcharts.URL, soundcharts.access(shown, url, is_public=sandbox)
