"""`crescendo daily`: what a person, a timer or a DAG's task types; the work is in `crescendo.daily`."""

import os
from datetime import UTC, date, datetime, timedelta

import click

from crescendo.daily.run import run
from crescendo.daily.steps import NAMES, SOURCES, Day, publication
from crescendo.errors import CrescendoError
from crescendo.logs import logged
from crescendo.tell.addresses import FILE_VARIABLE, VARIABLE

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("daily")
@click.option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="Without it today, in UTC.")
@click.option("--from", "since", type=DAY, metavar="YYYY-MM-DD", help="Instead of --date: the first day of several.")
@click.option("--to", "until", type=DAY, metavar="YYYY-MM-DD", help="The last of them; without it today.")
@click.option("--step", "only", type=click.Choice(NAMES), help="This step alone, as a scheduler's task.")
@click.option(
    "--from-step", "first", type=click.Choice(NAMES), help="This step and those after it, done before or not."
)
@click.option(
    "--source",
    "sources",
    default="",
    envvar="CRESCENDO_SOURCES",
    metavar="NAME,...",
    help=f"What is fetched: {', '.join(SOURCES)}; also CRESCENDO_SOURCES.",
)
@click.option(
    "--artist",
    "artists",
    default="",
    envvar="CRESCENDO_ARTISTS",
    metavar="NAME;...",
    help="Whom to fetch from Soundcharts; also CRESCENDO_ARTISTS.",
)
@click.option(
    "--publish",
    "targets",
    default="",
    envvar="CRESCENDO_PUBLISH",
    metavar="TARGET,...",
    help="FILE.duckdb, postgres, csv:DIR, parquet:DIR; also CRESCENDO_PUBLISH.",
)
@logged("daily")
def daily_command(
    day: datetime | None,
    since: datetime | None,
    until: datetime | None,
    only: str | None,
    first: str | None,
    sources: str,
    artists: str,
    targets: str,
) -> None:
    """Do a day: check and fetch the sources, load, build, test, recommend, watch, report, and publish last.

    A step that fails stops the day; the same command goes on there, after a kill too. What is done is not done again.
    Addresses of APIs are in CRESCENDO_MOOVITAMIX_URL, CRESCENDO_SOUNDCHARTS_URL and CRESCENDO_TMDB_URL, if they are not
    the usual ones.

    \b
    Example:
      crescendo daily --source moovitamix,tmdb --publish published/crescendo.duckdb
      crescendo daily --from 2025-05-01 --to 2025-05-10
      crescendo daily --date 2025-05-01 --from-step build
    """  # fmt: skip
    if only and first:
        raise CrescendoError("--step does one step and --from-step goes on to the end: choose one")
    known = _sources(sources)
    listed = tuple(_split(targets, ","))
    for target in listed:
        publication(target)  # a mistake in the last step is said before the first
    today = datetime.now(UTC).date()
    days = [
        Day(
            date=one, sources=known, urls=_urls(), artists=tuple(_split(artists, ";")), targets=listed,
            is_today=one == today, is_told=bool(os.environ.get(VARIABLE) or os.environ.get(FILE_VARIABLE)),
        )
        for one in _dates(day, since, until, today)
    ]  # fmt: skip
    if len(days) > 1 and (only or first):
        raise CrescendoError("--step and --from-step are for one day: name it with --date")
    run(days, _act, only=only or "", first=first or "")


def _dates(day: datetime | None, since: datetime | None, until: datetime | None, today: date) -> list[date]:
    """The days that were asked for. Raises CrescendoError if they contradict each other or are to come."""
    if day and (since or until):
        raise CrescendoError("--date is one day, --from and --to are several: leave one of them out")
    if until and not since:
        raise CrescendoError(f"--to {until.date()} is the end of a range: name its first day with --from")
    first = (since or day or datetime.combine(today, datetime.min.time())).date()
    last = (until.date() if until else today) if since else first
    if last < first:
        raise CrescendoError(f"--from {first} is after --to {last}")
    if last > today:
        raise CrescendoError(f"{last} is in the future: today is {today}, in UTC")
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def _sources(listed: str) -> tuple[str, ...]:
    names = tuple(_split(listed, ","))
    if unknown := set(names) - set(SOURCES):
        raise CrescendoError(f"--source {min(unknown)}: none of {', '.join(SOURCES)}")
    return names


def _split(listed: str, mark: str) -> list[str]:
    return [word.strip() for word in listed.split(mark) if word.strip()]


def _urls() -> dict[str, str]:
    """Source -> address of its API, where one is set."""
    said = {
        "moovitamix": os.environ.get("CRESCENDO_MOOVITAMIX_URL"),
        "soundcharts": os.environ.get("CRESCENDO_SOUNDCHARTS_URL"),
        "tmdb": os.environ.get("CRESCENDO_TMDB_URL"),
    }
    return {source: url for source, url in said.items() if url}


def _act(words: list[str]) -> int:
    """Run another verb in this process. Raises what the verb raises, and CrescendoError for a mistake in its words."""
    from crescendo.cli import crescendo  # which finds this module by name

    try:
        result = crescendo.main(args=words, prog_name="crescendo", standalone_mode=False)
    except click.ClickException as error:
        raise CrescendoError(error.format_message()) from None
    return result if isinstance(result, int) else 0
