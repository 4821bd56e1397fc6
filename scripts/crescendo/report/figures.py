"""A figure of a day beside what is usual, and its small chart.

Usual is the median of the values of the days before, 28 at most, give or take three deviations (1.4826 times the median
absolute deviation, the standard deviation of normal noise). With fewer than 7 such days nothing is usual yet.
"""

import statistics
from dataclasses import asdict, dataclass
from datetime import date
from html import escape

from markupsafe import Markup

from crescendo.ask.texts import _, language
from crescendo.report.facts import History, Series

MOST_DAYS, LEAST_DAYS = 28, 7
DEVIATIONS, NORMAL = 3, 1.4826
USUAL, ABOVE, BELOW, TOO_FEW, MISSING = "usual", "above", "below", "too_few", "missing"
WIDTH, HEIGHT, EDGE = 160, 32, 4
THOUSANDS = {"en": ",", "fr": "\u202f"}


@dataclass(frozen=True)
class Figure:
    """What was measured on a day (None: nothing), the usual range, and the history that it is from, the day included.

    `subject_type` and `metric` are those of the series; `name` is for people.
    `unit` is 'count', 'seconds', 'milliseconds', 'bytes', 'ratio' or 'days'.
    """

    subject_type: str
    metric: str
    name: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    judgement: str
    history: History

    @property
    def is_unusual(self) -> bool:
        """Whether somebody should look."""
        return self.judgement in (ABOVE, BELOW, MISSING)

    def record(self) -> dict:
        """The figure for a machine."""
        return asdict(self) | {"history": [[str(day), value] for day, value in self.history]}


def figure(name: str, series: Series, day: date, unit: str) -> Figure:
    """The figure of a series on a day."""
    before = [value for when, value in series.history if when < day][-MOST_DAYS:]
    today = [value for when, value in series.history if when == day]
    history = [point for point in series.history if point[0] <= day][-MOST_DAYS - 1 :]
    value = today[-1] if today else None
    low, high = usual(before)
    return Figure(series.subject_type, series.metric, name, value, unit, low, high, _judged(value, low, high), history)


def usual(before: list[float]) -> tuple[float | None, float | None]:
    """The usual range of a value after these; None if they are too few."""
    if len(before) < LEAST_DAYS:
        return None, None
    middle = statistics.median(before)
    width = DEVIATIONS * NORMAL * statistics.median(abs(value - middle) for value in before)
    low = middle - width
    return (max(low, 0.0) if min(before) >= 0 else low), middle + width


def _judged(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return MISSING
    if low is None or high is None:
        return TOO_FEW
    # what is computed in two ways differs in the last digits
    slack = 1e-9 * max(abs(low), abs(high))
    return BELOW if value < low - slack else ABOVE if value > high + slack else USUAL


def chosen(figures: list[Figure], most: int) -> tuple[list[Figure], int]:
    """The figures to show, what is unusual and large first; and how many more there are."""
    ranked = sorted(figures, key=lambda one: (not one.is_unusual, -abs(one.value or 0), one.name))
    return ranked[:most], max(0, len(ranked) - most)


def said(value: float | None, unit: str) -> str:
    """A value with its unit, as people read it."""
    if value is None:
        return "-"
    if unit == "ratio":
        return f"{number(100 * value, 1)} %"
    if unit == "bytes":
        power = next((k for k in (3, 2, 1) if abs(value) >= 1000**k), 0)
        return f"{number(value / 1000**power, 1 if power else 0)} {('B', 'kB', 'MB', 'GB')[power]}"
    if unit == "count":
        return number(value, 0 if value == int(value) or abs(value) >= 100 else 1)
    word = {"seconds": "s", "milliseconds": "ms", "days": _("days")}[unit]
    return f"{number(value, 0 if unit == 'days' or abs(value) >= 100 else 2 if abs(value) < 10 else 1)} {word}"


def number(value: float, digits: int) -> str:
    """A number with separators of the reader's language."""
    text = f"{value:,.{digits}f}"
    if language() == "fr":
        return text.replace(",", "\0").replace(".", ",").replace("\0", THOUSANDS["fr"])
    return text


def range_said(one: Figure) -> str:
    """The usual range in words."""
    if one.low is None or one.high is None:
        count = len([day for day, _ in one.history]) - (one.value is not None)
        return _("too few days before ({count})", count=count)
    if one.low == one.high:
        return said(one.low, one.unit)
    return _("{low} to {high}", low=said(one.low, one.unit), high=said(one.high, one.unit))


def verdict(one: Figure) -> str:
    """The judgement in words, with a mark that needs no colour."""
    return {
        USUAL: _("usual"), ABOVE: "▲ " + _("above usual"), BELOW: "▼ " + _("below usual"),
        TOO_FEW: _("not judged"), MISSING: "✕ " + _("no value that day"),
    }[one.judgement]  # fmt: skip


def chart(one: Figure) -> Markup:
    """The history as an SVG line on a band of what is usual; greys alone, with its words as the text alternative."""
    if len(one.history) < 2:
        return Markup("")
    days = [(day - one.history[0][0]).days for day, _ in one.history]
    values = [value for _, value in one.history]
    bounds = [*values, *(edge for edge in (one.low, one.high) if edge is not None)]
    bottom, span = min(bounds), max(bounds) - min(bounds)
    if not span:  # in the middle
        bottom, span = bottom - 1, 2.0

    def x(day: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * day / (days[-1] or 1)

    def y(value: float) -> float:
        return EDGE + (HEIGHT - 2 * EDGE) * (1 - (value - bottom) / span)

    points = " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value in zip(days, values, strict=True))
    band = ""
    if one.low is not None and one.high is not None:
        top, height = y(one.high), max(y(one.low) - y(one.high), 1.0)
        band = f'<rect x="0" y="{top:.1f}" width="{WIDTH}" height="{height:.1f}" fill="#ddd"/>'
    end = f'cx="{x(days[-1]):.1f}" cy="{y(values[-1]):.1f}"'
    dot = f'<circle {end} r="3" fill="{"#000" if one.is_unusual else "#fff"}" stroke="#000"/>'
    words = escape(_alternative(one))
    return Markup(  # noqa: S704 numbers of ours, and words that are escaped
        f'<svg role="img" aria-label="{words}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>{words}</title>{band}"
        f'<polyline points="{points}" fill="none" stroke="#444" stroke-width="1.5"/>{dot}</svg>'
    )


def _alternative(one: Figure) -> str:
    """What the chart shows, in a sentence."""
    values = [value for _, value in one.history]
    return _(
        "{name}, {start} to {end}: lowest {low}, highest {high}, last {last}; usual: {usual}",
        name=one.name, start=one.history[0][0], end=one.history[-1][0], low=said(min(values), one.unit),
        high=said(max(values), one.unit), last=said(values[-1], one.unit), usual=range_said(one),
    )  # fmt: skip
