"""The verbs `growth` and `averages`: how fast an audience grew, and what is usual, over any window."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
import duckdb

from crescendo import warehouse
from crescendo.app import files
from crescendo.ask import outputs, shown, texts, windows
from crescendo.ask.answers import FIGURES, ask, check_known_at
from crescendo.ask.question import AGAINST, Answer, Question
from crescendo.ask.reasons import outside, types_of, why_nothing
from crescendo.ask.texts import _
from crescendo.cli.completion import METRICS, PLATFORMS, TYPES, metrics_of
from crescendo.cli.output import FORMAT, LANG, LOCALE, WIDE, FileOrDay, View, put
from crescendo.errors import CrescendoError
from crescendo.known import as_known_at
from crescendo.options import NamedPath

# groups that a song, track or film may belong to, each with an option of its own
GROUPS = ("artist", "label", "genre", "country")


class _Once(click.Option):
    """An option that may be given once: of two, click would take the last and say nothing."""

    def __init__(self, *declared: Any, **how: Any) -> None:
        self.unsaid = how.pop("default", None)
        super().__init__(*declared, **(how | {"multiple": True}))

    def process_value(self, ctx: click.Context, value: object) -> object:
        """The one value, or the default."""
        found: tuple = super().process_value(ctx, value) or ()
        if len(found) > 1:
            said = " ".join(map(str, found))
            raise CrescendoError(_("{option} takes one value, not {said}", option=self.opts[0], said=repr(said)))
        if found and str(found[0]).startswith("--"):
            raise CrescendoError(
                _("{option} needs a value: {option} {value}", option=self.opts[0], value=self.make_metavar(ctx))
            )
        return found[0] if found else self.unsaid


class _By(_Once):
    """The option whose help lists the types that are in the warehouse."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx) or ("", "")
        with suppress(CrescendoError, duckdb.Error), warehouse.connect(read_only=True, wait=0) as connection:
            record = (record[0], f"{record[1]} Here: {', '.join(types_of(connection))}.")
        return record


class _Metric(_Once):
    """The option whose help lists what is counted in the warehouse."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx) or ("", "")
        with suppress(CrescendoError, duckdb.Error), warehouse.connect(read_only=True, wait=0) as connection:
            record = (record[0], f"{record[1]} Here: {', '.join(metrics_of(connection))}.")
        return record


once = partial(click.option, cls=_Once)
# what happened within the window, so that the rows are an answer even if all of them are without growth
BROKEN = {"reset_in_window", "restated_in_window", "relinked_in_window", "unconfirmed_end"}
OPTIONS = [
    once("--from", "from_date", metavar="DAY", help="Day whose closing value the window starts from."),
    click.option(
        "--to", "ends", metavar="DAY|FILE", multiple=True, type=FileOrDay(),
        help="Day whose closing value it ends with. A name such as april.xlsx is the file to write.",
    ),
    once("--last", default="", metavar="28d", help="28d, 4w, 3m, 1y up to each platform's last complete day."),
    once(
        "--window", default="", metavar="WORD",
        help="mtd, ytd, last-week, last-month, last-quarter, last-year, 2025, 2025-04, 2025-Q2 or 2025-W17.",
    ),
    once("--against", type=click.Choice(AGAINST), help="Beside the window before, or that of a year before."),
    *(
        click.option(f"--by-{step}", f"by_{step}", is_flag=True, help=f"The course inside the window, a row a {step}.")
        for step in windows.STEPS
    ),
    click.option(
        "--by", default="", cls=_By, shell_complete=TYPES,
        help="Type of subject or group; series for all. country: of places if they have the metric, else of films.",
    ),
    click.option(
        "--metric", default="", cls=_Metric, shell_complete=METRICS, help="all for every one.  [default: streams]"
    ),
    once("--platform", default="", shell_complete=PLATFORMS, help="Code of a platform: spotify."),
    click.option("--name", "names", multiple=True, help="A name or part of one, an id or ISRC; may be repeated."),
    *(once(f"--{kind}", default="", help=f"Members of this {kind} only.") for kind in GROUPS),
    once("--sort", default="", metavar="COLUMN", help="Largest first; texts from a to z; -COLUMN turns it."),
    once(
        "--as-known-at", default="", metavar="DAY",
        help="The answer of then; 2025-04-30T18:00 for a moment in UTC. Not of places.",
    ),
    once("--top", type=click.IntRange(1, 10**9), metavar="N", help="The first N rows only."),
    FORMAT,
    WIDE,
    LANG,
    LOCALE,
]  # fmt: skip


def _options(command: Callable) -> Callable:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command("growth")
@_options
@click.option(
    "--chart", type=NamedPath(path_type=Path), metavar="FILE", help="A chart of the rows too: .svg, .png or .html."
)
def growth_command(chart: Path | None, **asked: object) -> int:
    """How fast an audience grew over a window, with the evidence beside every number.

    \b
    Example:
      crescendo growth --last 28d --by artist --top 10
      crescendo growth --window 2025-04 --against year --name "Postcard" --format json
      crescendo growth --last 3m --by song --artist Leo --by-month --to leo.xlsx
      crescendo growth --last 28d --by artist --top 10 --chart artists.svg
    """
    if chart:
        files.check(chart)
    answer = _answered("growth", asked)
    if chart and any(value is not None for value in answer.values("growth")):
        from crescendo.app.pictures import of_answer  # who asks for no chart need not wait for it

        files.write(of_answer(answer), chart)
        click.echo(_("wrote {path}", path=chart), err=True)
    # of a group of which no member can be compared, the status says why
    if any(value is not None for value in answer.values("growth")) or BROKEN & set(answer.values("status")):
        return 0
    click.echo(_("error: {reason}", reason=why_nothing(answer)), err=True)
    return 2


@click.command("averages")
@_options
def averages_command(**asked: object) -> int:
    """Averages over a window: per observed day, latest value, and median, each with what it rests on.

    \b
    Example:
      crescendo averages --last 28d --by platform
      crescendo averages --window 2025-04 --by artist --top 10 --format csv
    """
    answer = _answered("averages", asked)
    if answer.rows:
        return 0
    click.echo(_("error: {reason}", reason=why_nothing(answer)), err=True)
    return 2


def _answered(kind: str, asked: dict) -> Answer:
    """Ask, show or write, and warn."""
    locale, wide = asked.pop("locale"), asked.pop("wide")
    texts.choose(asked.pop("lang") or locale or "")
    ends = asked.pop("ends")
    files = [end for end in ends if isinstance(end, Path)]
    days = [end for end in ends if not isinstance(end, Path)]
    if len(files) > 1 or len(days) > 1:
        raise CrescendoError(_("--to takes one day and one file, not {said}", said=" ".join(map(str, ends))))
    path = files[0] if files else None
    form = outputs.form_of(asked.pop("form"), path)
    within = tuple((group, text) for group in GROUPS if (text := asked.pop(group)))
    steps = [step for step in windows.STEPS if asked.pop(f"by_{step}")]
    if len(steps) > 1:
        raise CrescendoError(_("give one step: --by-day, --by-week or --by-month"))
    asked |= {"top": asked["top"] or 0, "against": asked["against"] or "", "step": "".join(steps)}
    if days and outputs.is_like_a_file(days[0]):
        endings = ", ".join(sorted(outputs.ENDINGS))
        raise CrescendoError(
            _(
                "--to {said} is no day, such as 2025-04-30, and no file that ends in {endings}",
                said=repr(days[0]),
                endings=endings,
            )
        )
    start = windows.day(asked.pop("from_date"), "--from")
    end = windows.day(days[0] if days else None, "--to")
    moment = asked.pop("as_known_at") or ""
    question = Question(kind, from_date=start, to_date=end, within=within, **asked)
    if moment:
        check_known_at(question)
    with as_known_at(moment):
        answer = ask(question)
    figure = FIGURES[kind]
    if all(value is None for value in answer.values(figure)) and (reason := outside(answer)):
        raise CrescendoError(reason)
    for warning in answer.warnings:
        click.echo(_("warning: {said}", said=warning), err=True)
    if answer.rows or form != "table":  # a heading without rows says nothing
        put(_view(answer), form, path, locale or "en", wide)
    return answer


def _view(answer: Answer) -> View:
    rows = outputs.Rows(answer.columns, answer.types, answer.rows)
    return View(rows, shown.cells(answer) if answer.rows else [], shown.title(answer), shown.legend(answer))
