"""An answer for people: which columns, under which headings, how each figure reads, and what the words mean."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from crescendo.ask import tables, windows
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
    Shown("member_type", "of", 2),
    Shown("platform", "platform", 3),
    Shown("metric", "metric", 1),
    Shown("from_date", "after", 2),
    Shown("to_date", "until", 4),
)
GROWTH = (
    *WHAT,
    Shown("start_value", "from", 9),
    Shown("end_value", "to", 6),
    Shown("growth", "growth"),
    Shown("growth_pct", "growth %"),
    Shown("period_change_pct", "gain vs before %", 10),
    Shown("against_from_date", "against after", 3),
    Shown("against_to_date", "against until", 5),
    Shown("against_growth", "growth before", 2),
    Shown("against_change_pct", "change %", 1),
    Shown("coverage_ratio", "observed", 8),
    Shown("status", "status"),
)
AVERAGES = (
    *WHAT,
    Shown("average_per_observed_day", "average a day"),
    Shown("against_from_date", "against after", 3),
    Shown("against_to_date", "against until", 5),
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
AVERAGES_OF = ("average_", "median_", "against_average_")
# follows the last day of a step that is not whole
CUT = "*"
# columns that are named in the title if all rows agree
OF_ALL = ("platform", "metric", "member_type", "artist_credit")


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
        if shown.column == "to_date" and answer.question.step:
            whole = [cell + mark for cell, mark in zip(whole, _marks(answer), strict=True)]
        figures = not is_text and not shown.column.endswith(("_pct", "_ratio", "_date"))
        short = [readable(shown.column, value, short=True) for value in values] if figures else []
        # the last day of a step has the mark
        rank = 1 if shown.column == "to_date" and answer.question.step else shown.rank
        made.append(Column(_(shown.heading), whole, is_text, rank, short))
    return made


def _marks(answer: Answer) -> list[str]:
    """An asterisk for each row whose step is not whole; blanks keep the days under each other."""
    if all(answer.values("is_whole_step")):
        return [""] * len(answer.rows)
    return [" " if is_whole else CUT for is_whole in answer.values("is_whole_step")]


def _is_said(answer: Answer, column: str, single: set[str]) -> bool:
    """Whether the title says it already, or nobody asked for it."""
    if column == "from_date":
        return not answer.question.step
    if column in ("against_from_date", "against_to_date"):
        return _is_one_comparison(answer)
    if column == "to_date":
        return not answer.question.step and len(answer.windows) == 1
    # the title does not say which member type, but one needs no column
    return column in single


def title(answer: Answer) -> str:
    """What is shown: metric, type, window, platform, and how far behind today the window ends."""
    question, first, last = answer.question, answer.windows[0], answer.windows[-1]
    metric = _("all metrics") if question.metric in ("", "all") else question.metric
    single = {c: answer.values(c)[0] for c in OF_ALL if c in answer.columns and len(set(answer.values(c))) == 1}
    said = _("{kind} of {metric} by {by}", kind=_(question.kind.capitalize()), metric=metric, by=_(question.by))
    if first == last:
        said += _(", {start} to {end} ({days} {days:day|days})", start=first.start, end=first.end, days=first.days)
    else:
        said += _(", up to the last complete day of each platform")
    said += "".join(f", {single[c]}" for c in ("artist_credit", "platform") if single.get(c))
    today = datetime.now(tz=UTC).date()
    behind = [tables.grouped(count) for window in (last, first) if (count := (today - window.end).days) > 0]
    said += _("; ended {count} {count:day|days} ago", count="-".join(dict.fromkeys(behind))) if behind else ""
    if first != last:
        said += _each_span(answer)
    if question.against and answer.rows:
        said += _against(answer)
    return printable(said, lines=True)


def _against(answer: Answer) -> str:
    """The days that are compared with; if they differ from row to row, they are columns."""
    said = "\n" + _("each row against days of its own")
    if _is_one_comparison(answer):
        start, end = (answer.values(c)[0] for c in ("against_from_date", "against_to_date"))
        said = "\n" + _("against {start} to {end}", start=start, end=end)
        cut = answer.values("compared_to_date")[0]
        if cut != answer.values("to_date")[0]:
            said += _(", compared up to {end}: as many days", end=cut)
    return said + _comparability(answer)


def _is_one_comparison(answer: Answer) -> bool:
    return len(set(answer.values("against_from_date"))) <= 1


def _comparability(answer: Answer) -> str:
    """Which members a percent is of, and why there is none."""
    said = _("; no change % if the two cannot be compared") if None in answer.values("against_change_pct") else ""
    of_groups = {"same_count", "member_count"} & set(answer.columns)  # whose figures may be of more members
    if of_groups and any(answer.values("compared_count")):
        said += _("; a change % is of the members that both can compare: compared_count of a file")
    return said


def _each_span(answer: Answer) -> str:
    """A line for each window, with the platforms that it is for."""
    lines = []
    for window in answer.windows if answer.rows else ():
        platforms = ", ".join(sorted(platform for platform, of in answer.spans.items() if of == window))
        lines.append("\n" + _("{start} to {end}: {platforms}", start=window.start, end=window.end, platforms=platforms))
    return "".join(lines)


def legend(answer: Answer) -> list[str]:
    """What the reader must know of the rows: what each word and mark means, and what is left out."""
    notes = []
    if "status" in answer.columns:
        there = set(answer.values("status"))
        notes += [
            _("{word}: {meaning}", word=answer.labels[status], meaning=meaning)
            for status, meaning in answer.meanings.items()
            if status in there
        ]
    notes += [*_of_steps(answer), *_of_members(answer), *_of_scales(answer)]
    return [*notes, *_of_newest_days(answer), *_of_the_first(answer)]


def _of_steps(answer: Answer) -> list[str]:
    if not answer.question.step or all(answer.values("is_whole_step")):
        return []
    return [_("*: not a whole {step}, cut by the window or not complete yet", step=_(answer.question.step))]


def _of_members(answer: Answer) -> list[str]:
    """Say that the figures of a group count only members with a value at both ends; files list the others."""
    if "same_count" not in answer.columns or not answer.rows:
        return []
    others = sum(new + lost for new, lost in zip(answer.values("new_count"), answer.values("lost_count"), strict=True))
    said = _("from, to and growth are of the members with a value on both days")
    return [said + (_("; {count} without are in new_count and lost_count of a file", count=others) if others else "")]


def _of_scales(answer: Answer) -> list[str]:
    """Say that averages mix two scales: of whom it is known, and of how many."""
    column = next((one for one in ("changes_scale", "rescaled_count") if one in answer.columns), None)
    count = sum(bool(value) for value in answer.values(column)) if column else 0
    if not count:
        return []
    return [
        _(
            "{count} of {rows} {rows:row|rows} {count:mixes|mix} two scales: within the window a series is restated,"
            " reset or followed by other identifiers ({column} of a file)",
            count=tables.grouped(count),
            rows=tables.grouped(len(answer.rows)),
            column=column,
        )
    ]


def _of_newest_days(answer: Answer) -> list[str]:
    """Which platforms are not complete up to the end of their window."""
    late = {p: day for p, day in answer.complete.items() if p in answer.spans and answer.spans[p].end > day}
    if not late:
        return []
    listed = ", ".join(f"{platform} {day}" for platform, day in late.items())
    said = _("the window ends after the last complete day: {listed}", listed=listed)
    window, day = answer.windows[-1], max(late.values())
    return [said + (_("; ask {option}", option=windows.up_to(window, day)) if window.start < day else "")]


def _of_the_first(answer: Answer) -> list[str]:
    """How many rows --top leaves out, and how many of all have no figure to be ranked by, and why."""
    left, shown = answer.left_out, min(answer.question.top, answer.left_out.count)
    without = sum(left.unranked.values())
    if not answer.question.top or (shown == left.count and not without):
        return []
    said = _("{shown} of {count} {count:row|rows}", shown=tables.grouped(shown), count=tables.grouped(left.count))
    if without:
        column = answer.question.sort.lstrip("-")
        heading = next((_(s.heading) for s in COLUMNS[answer.question.kind] if s.column == column), column)
        reasons = [
            f"{answer.labels[status]} {tables.grouped(count)}"
            for status, count in sorted(left.unranked.items(), key=lambda item: -item[1])
            if status in answer.labels
        ]
        said += _(
            "; {count} {count:has|have} no {column} and {count:comes|come} last",
            count=tables.grouped(without),
            column=heading,
        )
        said += f" ({', '.join(reasons)})" if reasons else ""
    return [said]


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
        return f"{_percent_of_all(100 * value)} %"
    sign = column in ("growth", "against_growth", "rank_change")
    if short and abs(value) >= 10_000:
        return tables.shortened(value, sign=sign)
    # decimals under each other, and none of a count
    small = not sign and abs(value) < 100 and (column.startswith(AVERAGES_OF) or float(value) != int(value))
    return tables.grouped(value, 1 if small else 0, sign=sign)


def _percent_of_all(percent: float) -> str:
    """A whole percent; nearly all is never said to be all, nor nearly nothing to be nothing."""
    if 99 < percent < 100:
        return tables.grouped(min(percent, 99.9), 1)
    if 0 < percent < 1:
        return tables.grouped(max(percent, 0.1), 1)
    return tables.grouped(percent)
