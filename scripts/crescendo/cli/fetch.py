"""`crescendo fetch`: what a person types; the work is in the sources' own modules."""

import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crescendo.errors import CrescendoError
from crescendo.http.client import Client, Policy, Tally, run
from crescendo.http.credentials import credentials
from crescendo.http.landing import Landing, only_one
from crescendo.http.progress import progress_bar
from crescendo.logs import event, logged
from crescendo.operations import journal
from crescendo.options import SECONDS, SECONDS_OF_WORK, credentials_option, format_option
from crescendo.terminal import counted

DAY = click.DateTime(["%Y-%m-%d"])


def _shared(command: Callable) -> Callable:
    command = journal.measured("extract")(command)
    for option in (
        format_option("text", "json"),
        click.option(
            "--backoff", type=SECONDS, default=0.5, show_default=True, help="First wait before a retry, seconds."
        ),
        click.option(
            "--timeout", type=SECONDS_OF_WORK, default=60.0, show_default=True, help="For one whole answer, seconds."
        ),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 1000),
            default=8,
            show_default=True,
            help="Requests in flight at most.",
        ),
    ):
        command = option(command)
    return command


def _to(folder: str) -> Callable:
    return click.option(
        "--to", default=folder, show_default=True, type=click.Path(path_type=Path), help="Folder to land in."
    )


@click.group("fetch")
def fetch_command() -> None:
    """Land the answers of a source, unchanged, where `crescendo load` finds them.

    \b
    Example:
      crescendo fetch soundcharts --sandbox --artist "Billie Eilish" --since 2024-01-01
      crescendo fetch moovitamix
    """


@fetch_command.command("soundcharts")
@click.option("--artist", "artists", multiple=True, required=True, metavar="UUID|NAME", help="May be repeated.")
@click.option("--since", type=DAY, metavar="YYYY-MM-DD", help="First day wanted; without it a year, or what is new.")
@click.option("--until", type=DAY, metavar="YYYY-MM-DD", help="Last day wanted; without it today.")
@click.option("--platform", "platforms", multiple=True, metavar="CODE", help="Only these; may be repeated.")
@click.option("--sandbox", is_flag=True, help="Use the credentials that the source publishes for trials.")
@credentials_option
@click.option("--url", default=None, help="Another server, such as a simulator.")
@_to("landing/soundcharts")
@click.option("--dry-run", is_flag=True, help="Say how many calls it would cost, and land nothing.")
@_shared
@logged("fetch")
def soundcharts_command(
    artists: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    platforms: tuple[str, ...],
    sandbox: bool,
    secrets: Path | None,
    url: str | None,
    to: Path,
    dry_run: bool,
    form: str,
    **pace: Any,
) -> None:
    """Everything of some artists: catalogue, followers, listeners, streams, places, playlists, charts.

    Credentials are SOUNDCHARTS_CLIENT_ID, SOUNDCHARTS_CLIENT_SECRET and SOUNDCHARTS_TEAM_ID, or else
    SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY, from the environment or a file of mode 600.
    A run that was stopped goes on where it was; one that was finished today costs nothing.

    \b
    Example:
      crescendo fetch soundcharts --artist 11e81bcc-9c1c-ce38-b96b-a0369fe50396 --sandbox --dry-run
      crescendo fetch soundcharts --artist "Léa Marlot" --since 2023-01-01 --platform spotify
    """
    from crescendo.sources.soundcharts import fetch as source
    from crescendo.sources.soundcharts.run import Run
    from crescendo.sources.soundcharts.survey import survey

    _check(platforms, source.PLATFORMS, since, until)
    shown = source.SANDBOX if sandbox else credentials(source.OAUTH, source.KEYS, file=secrets, trial=source.TRIAL)
    access = source.access(shown, url, is_public=sandbox)
    days = {"since": since and str(since.date()), "until": until and str(until.date())}
    parameters = {"url": url or source.URL, "artists": sorted(artists), "platforms": sorted(platforms), **days}
    with contextlib.nullcontext() if dry_run else only_one(to):
        record = Run.open(to, parameters, source.today())
        if record.finished and not dry_run:
            click.echo(f"{record.folder}: finished today with the same options; nothing to ask before tomorrow")
            return
        landing = Landing(record.folder, writable=not dry_run)
        with progress_bar("soundcharts") as advance:
            how: dict[str, Any] = {"policy": _policy(**pace), "on_progress": advance, "source": "soundcharts"}
            client = Client(url or source.URL, access, landing=landing, **how)
            if dry_run:
                counted = run(lambda: survey(client, record, to, artists, platforms))
            else:
                tally = run(lambda: source.fetch(client, record, artists, platforms))
        if dry_run:
            _echo_survey(counted.calls, counted.guessed, client.tally.asked, form)
        else:
            _report(tally, record.folder, form)


def _check(platforms: tuple[str, ...], known: frozenset[str], since: datetime | None, until: datetime | None) -> None:
    if unknown := set(platforms) - known:
        raise CrescendoError(f"--platform {min(unknown)}: none of {', '.join(sorted(known))}")
    if since and until and since > until:
        raise CrescendoError(f"--since {since.date()} is after --until {until.date()}")


@fetch_command.command("moovitamix")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The server.")
@click.option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The load date; without it today, in UTC.")
@_to("landing/moovitamix")
@_shared
@logged("fetch")
def moovitamix_command(url: str, day: datetime | None, to: Path, form: str, **pace: Any) -> None:
    """A day of tracks, users and listening histories, whole and of one universe.

    A day that is landed is left as it is. Its rows are there as Parquet too, by route and load date, in .parquet/.
    A service that restarts meanwhile is noticed: what was read of it goes to .torn/, and the day is read again.

    \b
    Example:
      crescendo fetch moovitamix
      crescendo fetch moovitamix --url http://127.0.0.1:8002 --date 2025-05-26
    """
    from crescendo.sources.moovitamix import fetch as source
    from crescendo.sources.soundcharts.fetch import today

    load_date = day.date() if day else today()
    with only_one(to):
        if (to / str(load_date)).exists():
            click.echo(f"{to / str(load_date)}: landed before, left as it is")
        else:
            with progress_bar("moovitamix") as advance:
                client = Client(url, policy=_policy(**pace), on_progress=advance, source="moovitamix")
                tally = run(lambda: source.fetch(client, to, load_date))
            _report(tally, to / str(load_date), form)
        source.as_parquet(to / str(load_date), to / ".parquet")


@fetch_command.command("tmdb")
@click.option(
    "--pages", type=click.IntRange(1, 50_000), default=10, show_default=True, help="Of discover, 20 films each."
)
@click.option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="Of an earlier day the export alone can be had.")
@click.option("--export", "exported", is_flag=True, help="Land the day's export of all ids too.")
@credentials_option
@click.option("--url", default=None, help="Another server, such as a simulator, for the API and its exports.")
@_to("landing/tmdb")
@_shared
@logged("fetch")
def tmdb_command(
    pages: int,
    day: datetime | None,
    exported: bool,
    secrets: Path | None,
    url: str | None,
    to: Path,
    form: str,
    **pace: Any,
) -> None:
    """Films of a day: lists, the details and credits of every film on them, reference lists.

    The token for reading is TMDB_TOKEN, from the environment or a file of mode 600. A film that is not there any more
    is noted, and fails nothing. The same command goes on where it was stopped. This product uses the TMDb API but is
    not endorsed or certified by TMDb.

    \b
    Example:
      crescendo fetch tmdb --pages 10
      crescendo fetch tmdb --date 2026-01-31 --export
    """
    from crescendo.sources.soundcharts.fetch import today
    from crescendo.sources.tmdb import fetch as source

    asked = day.date() if day else today()
    is_past = url is None and asked != today()
    if is_past and not exported:
        raise CrescendoError(f"TMDb serves only what is true now: of {asked} there is the export alone, --export")
    with only_one(to), progress_bar("tmdb") as advance:
        tally = Tally()
        if not is_past:
            shown = source.access(*credentials(source.TOKEN, file=secrets, trial=source.TRIAL).values())
            policy = replace(_policy(**pace), forgives_401=False)
            client = Client(url or source.URL, shown, policy=policy, on_progress=advance, source="tmdb")
            tally = run(lambda: source.fetch(client, to, asked, pages))
        if exported:
            plain = Client(url or source.EXPORTS_URL, policy=_policy(**pace), on_progress=advance, source="tmdb")
            tally.add(run(lambda: source.fetch_export(plain, to, asked)))
        _report(tally, to / str(asked), form)


def _policy(concurrency: int, timeout: float, backoff: float) -> Policy:
    return Policy(concurrency, timeout, backoff_seconds=backoff)


def _echo_survey(calls: dict[str, int], guessed: set[str], spent: int, form: str) -> None:
    total = sum(calls.values())
    if form == "json":
        click.echo(json.dumps({"calls": total, "by_document": calls, "guessed": sorted(guessed), "spent": spent}))
        return
    for document, count in sorted(calls.items()):
        click.echo(f"{document:<24}{count:>9,}{'  at most, or a guess' if document in guessed else ''}")
    click.echo(f"{'calls':<24}{total:>9,}  (this survey itself: {spent:,}; a 404 is not charged)")


def _report(tally: Tally, folder: Path, form: str) -> None:
    """Say what a fetch did. Raises CrescendoError if something failed."""
    _log(tally, folder)
    if form == "json":
        click.echo(json.dumps({"folder": str(folder), **vars(tally)}))
    else:
        click.echo(f"{folder}: {counted(tally.asked, 'answer')} landed, {tally.reused:,} were there")
        for what, counts in (("absent", tally.absent), ("retried", tally.retries)):
            for reason, count in counts.most_common():
                click.echo(f"  {what}: {reason} {count:,}")
        for kind, details in tally.notes.items():
            click.echo(f"  handled: {kind} {len(details):,} (first: {details[0]})")
        if tally.quota_remaining is not None:
            click.echo(f"  quota: {counted(tally.quota_remaining, 'call')} left")
    if tally.failed:
        shown = "; ".join(tally.failed[:3])
        raise CrescendoError(
            f"{counted(len(tally.failed), 'request')} failed for good ({shown}): run the same command again"
        )


def _log(tally: Tally, folder: Path) -> None:
    facts = {"folder": folder, "landed": tally.asked, "reused": tally.reused, "quota_remaining": tally.quota_remaining}
    counts = {"absent": tally.absent.total(), "retries": tally.retries.total(), "failed": len(tally.failed)}
    for kind, details in tally.notes.items():
        event(logging.WARNING, "oddity handled", kind=kind, count=len(details))
    event(logging.ERROR if tally.failed else logging.INFO, "fetch ended", **facts, **counts)
