"""An answer for people: which columns, under which headings, how each figure reads, and what the words mean."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from crescendo.ask import tables
from crescendo.ask.question import Answer
from crescendo.ask.tables import Column
from crescendo.ask.texts import _
from crescendo.terminal import printable


@dataclass(frozen=True)
class Shown:
    """How a column of an answer is shown; `rank` says which gives way first in a narrow terminal, 0 never."""

    column: str
    heading: str
    rank: int = 0


# what a label manager reads of each answer, in order; files have every column
WHAT = (
    Shown("name", "name"),
    Shown("artist_credit", "artist", 7),
    Shown("member_type", "of", 3),
    Shown("platform", "platform", 2),
    Shown("metric", "metric", 1),
    Shown("from_date", "after", 1),
    Shown("to_date", "until", 4),
)
GROWTH = (
    *WHAT,
    Shown("start_value", "from", 9),
    Shown("end_value", "to", 6),
    Shown("growth", "growth"),
    Shown("growth_pct", "growth %"),
    Shown("period_change_pct", "gain vs before %", 10),
    Shown("against_growth", "growth before", 2),
    Shown("against_change_pct", "change %", 1),
    Shown("coverage_ratio", "observed", 8),
    Shown("status", "status"),
)
AVERAGES = (
    *WHAT,
    Shown("average_per_observed_day", "average a day"),
    Shown("against_average_per_observed_day", "average before", 2),
    Shown("against_change_pct", "change %", 1),
    Shown("latest_value", "latest"),
    Shown("average_latest_value", "latest, average", 6),
    Shown("median_latest_value", "latest, median", 5),
    Shown("member_count", "members", 3),
    Shown("observed_days", "days", 9),
    Shown("n_days", "days", 9),
    Shown("coverage_ratio", "observed", 8),
)
COLUMNS = {"growth": GROWTH, "averages": AVERAGES}
# columns that are named in the title if all rows agree
OF_ALL = ("platform", "metric", "member_type")


def cells(answer: Answer) -> list[Column]:
    """The shown columns with their cells as texts."""
    single = {shown for shown in OF_ALL if shown in answer.columns and len(set(answer.values(shown))) == 1}
    made = []
    for shown in COLUMNS[answer.question.kind]:
        if shown.column not in answer.columns or _is_said(answer, shown.column, single):
            continue
        values = answer.values(shown.column)
        is_text = answer.types[answer.columns.index(shown.column)] == "VARCHAR"
        if shown.column == "status":
            values = [answer.labels.get(value, value) for value in values]
        whole = [readable(shown.column, value) for value in values]
        figures = not is_text and not shown.column.endswith(("_pct", "_ratio", "_date"))
        short = [readable(shown.column, value, short=True) for value in values] if figures else []
        made.append(Column(_(shown.heading), whole, is_text, shown.rank, short))
    return made


def _is_said(answer: Answer, column: str, single: set[str]) -> bool:
    """Whether the title says it already, or nobody asked for it."""
    if column == "from_date":
        return not answer.question.step
    if column == "to_date":
        return not answer.question.step and len(answer.windows) == 1
    # the title does not say which member type, but one needs no column
    return column in single


def title(answer: Answer) -> str:
    """What is shown: metric, type, window, platform, and how far behind today the window ends."""
    question, first, last = answer.question, answer.windows[0], answer.windows[-1]
    metric = _("all metrics") if question.metric in ("", "all") else question.metric
    single = {c: answer.values(c)[0] for c in OF_ALL if c in answer.columns and len(set(answer.values(c))) == 1}
    said = _("{kind} of {metric} by {by}", kind=_(question.kind.capitalize()), metric=metric, by=question.by)
    if first == last:
        said += _(", {start} to {end} ({days} days)", start=first.start, end=first.end, days=first.days)
    else:
        said += _(", up to the last complete day of each platform, {first} to {last}", first=first.end, last=last.end)
    if "platform" in single:
        said += f", {single['platform']}"
    behind = (datetime.now(tz=UTC).date() - last.end).days
    said += _("; ended {count} days ago", count=tables.grouped(behind)) if behind > 0 else ""
    if question.against and answer.rows:
        start, end = (answer.values(c)[0] for c in ("against_from_date", "against_to_date"))
        said += "\n" + _("against {start} to {end}", start=start, end=end)
        cut = answer.values("compared_to_date")[0]
        if cut != answer.values("to_date")[0]:
            said += _(", compared up to {end}: as many days", end=cut)
        if "same_count" in answer.columns and None in answer.values("against_change_pct"):
            said += _("; no change % if the two count different members")
    return printable(said, lines=True)


def legend(answer: Answer) -> list[str]:
    """What each word of the last column means."""
    if "status" not in answer.columns:
        return []
    there = set(answer.values("status"))
    return [
        f"{answer.labels[status]}: {meaning}"
        for status, meaning in answer.meanings.items()
        if status in there and answer.labels.get(status)
    ]


def readable(column: str, value: object, *, short: bool = False) -> str:
    """A cell as people read it: thousands apart, a sign for what changes, a dash for what is not known."""
    if value is None:
        return "-"
    if isinstance(value, date | bool | str):
        return printable(value)
    if not isinstance(value, int | float):
        return printable(value)
    if column.endswith("_pct"):
        return tables.grouped(value, 1, sign=True)
    if column.endswith("_ratio"):
        return f"{100 * value:.0f} %"
    sign = column in ("growth", "against_growth")
    if short and abs(value) >= 10_000:
        return tables.shortened(value, sign=sign)
    small = not sign and abs(value) < 100 and float(value) != int(value)
    return tables.grouped(value, 1 if small else 0, sign=sign)
