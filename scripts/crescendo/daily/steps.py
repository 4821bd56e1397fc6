"""The steps of a day, as data: each is a verb or two of the command line, or a check of ours.

A step may be done again: a fetch goes on where it stopped, a load of equal files changes nothing, a build, a report and
a publication replace what was there as a whole. `recommend` and `retrain` work on one copy of the warehouse each, which
is swapped in when they are done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import click

from crescendo import warehouse
from crescendo.daily import checks
from crescendo.errors import CrescendoError
from crescendo.terminal import counted

SOURCES = ("moovitamix", "soundcharts", "tmdb")
LANDING, REPORTS = Path("landing"), Path("reports")
# runs a verb by its words, and returns the exit code; what the verb raises passes
Act = Callable[[list[str]], int]


class SkippedError(Exception):
    """There is nothing to do in a step; the text says why."""


@dataclass(frozen=True)
class Day:
    """A day and what is configured for it.

    Args:
        urls: source -> address of its API, where it is not the usual one.
        artists: names or ids that are fetched from Soundcharts.
        targets: what is published, in order: a warehouse file, `postgres`, `csv:DIR` or `parquet:DIR`.
        is_today: whether the sources, which tell what is true now, tell of this day.
        is_told: whether somebody is told of alerts.
        began_at: when the step that is under way first began; UTC, without a zone.
    """

    date: date
    sources: tuple[str, ...] = ()
    urls: dict[str, str] = field(default_factory=dict)
    artists: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    is_today: bool = False
    is_told: bool = False
    began_at: datetime = datetime.min

    def url(self, source: str) -> list[str]:
        """The option that names a source's address, if there is one."""
        return ["--url", self.urls[source]] if self.urls.get(source) else []


@dataclass(frozen=True)
class Step:
    """One step: its name, what it does in a sentence, and the function that does it or raises SkippedError."""

    name: str
    said: str
    does: Callable[[Day, Act], None]


def _must(act: Act, *words: str, also: int = 0) -> None:
    """Run a verb. Raises CrescendoError if it ends with another exit code than 0 or `also`."""
    code = act(list(words))
    if code not in (0, also):
        error = CrescendoError(f"`crescendo {' '.join(words)}` ended with exit code {code}; what it said is above")
        error.exit_code = code
        raise error


def _check(day: Day, act: Act) -> None:
    if not day.sources and not (LANDING.is_dir() and any(LANDING.iterdir())):
        raise CrescendoError(
            f"there is nothing to load: name sources in CRESCENDO_SOURCES ({','.join(SOURCES)}), or put files in"
            f" {LANDING}/"
        )
    for source in day.sources:
        # a slow source is no reason to leave a day out
        _must(act, "check", "--source", source, "--timeout", "60", "--slow", "60", *day.url(source))


def _fetch(source: str) -> Callable[[Day, Act], None]:
    def does(day: Day, act: Act) -> None:
        if source not in day.sources:
            raise SkippedError(f"{source} is not among the sources")
        act_on = {"moovitamix": _moovitamix, "soundcharts": _soundcharts, "tmdb": _tmdb}[source](day)
        _must(act, "fetch", source, *act_on, *day.url(source))

    return does


def _moovitamix(day: Day) -> list[str]:
    return ["--date", str(day.date)]


def _soundcharts(day: Day) -> list[str]:
    if not day.artists:
        raise CrescendoError('soundcharts is fetched by artist: name some, CRESCENDO_ARTISTS="Léa Marlot; Orla"')
    return [*(word for artist in day.artists for word in ("--artist", artist)), "--until", str(day.date)]


def _tmdb(day: Day) -> list[str]:
    # of an earlier day there is the export alone, unless a simulator plays that day
    is_export = not (day.is_today or day.urls.get("tmdb"))
    return ["--date", str(day.date), *(["--export"] if is_export else [])]


def _load(day: Day, act: Act) -> None:
    # 2: files were refused, by name; the others are loaded
    _must(act, "load", str(LANDING), also=2)


def _freshness(day: Day, act: Act) -> None:
    if not day.sources:
        raise SkippedError("no source is configured")
    for source in day.sources:
        click.echo(f"  {source}: {counted(checks.fresh_records(source, day.date, LANDING), 'record')} of {day.date}")


def _build(day: Day, act: Act) -> None:
    _must(act, "build")


def _gate(day: Day, act: Act) -> None:
    checks.gate()


def _recommend(day: Day, act: Act) -> None:
    last = checks.last_listen(day.date)
    if last is None:
        raise SkippedError("there are no listens to learn from")
    with warehouse.renewed():
        if not checks.is_serving():
            _must(act, "recommend", "train", "--until", str(last))
        _must(act, "recommend", "score")


def _retrain(day: Day, act: Act) -> None:
    last = checks.last_listen(day.date)
    if last is None:
        raise SkippedError("there are no listens to learn from")
    if checks.was_decided(day.began_at):
        return  # killed after the swap and before the record
    with warehouse.renewed():
        _must(act, "retrain", "--as-of", str(last))


def _watch(day: Day, act: Act) -> None:
    # 1: a critical alert is open. It is told; the gate, not an alert, keeps a day from being published
    _must(act, "watch", *(["--notify"] if day.is_told else []), also=1)


def _report(day: Day, act: Act) -> None:
    REPORTS.mkdir(exist_ok=True)
    _must(act, "report", "daily", "--date", str(day.date), "--to", str(REPORTS / f"{day.date}.html"))


def _publish(day: Day, act: Act) -> None:
    if not day.targets:
        raise SkippedError("CRESCENDO_PUBLISH names nothing")
    for target in day.targets:
        _must(act, "publish", *publication(target))


def publication(target: str) -> list[str]:
    """The words after `crescendo publish` for a target. Raises CrescendoError if there is no such target."""
    kind, _, where = target.partition(":")
    if kind == "postgres" and not where:
        return ["postgres"]
    if kind in ("csv", "parquet") and where:
        return [kind, where]
    if target.endswith(".duckdb"):
        return ["duckdb", target]
    raise CrescendoError(f"cannot publish to {target!r}: type FILE.duckdb, postgres, csv:DIR or parquet:DIR")


STEPS = (
    Step("check", "try each source before an extraction", _check),
    *(Step(f"fetch-{source}", f"land the day's answers of {source}", _fetch(source)) for source in SOURCES),
    Step("load", "load landing/ into the raw tables", _load),
    Step("freshness", "hold that each source brought records of the day", _freshness),
    Step("build", "build and test the models", _build),
    Step("gate", "hold that the day may be shown: promises kept, records accounted for, few rejected", _gate),
    Step("recommend", "score everyone's list; train the first model", _recommend),
    Step("retrain", "look for drift, and let a better model serve", _retrain),
    Step("watch", "judge the runs and the newest days, and tell of alerts", _watch),
    Step("report", "write the day's page to reports/", _report),
    Step("publish", "put the finished day in the place of the one before", _publish),
)
NAMES = tuple(step.name for step in STEPS)
