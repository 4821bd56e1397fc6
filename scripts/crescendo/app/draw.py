"""Charts, in one look: courses with their gaps and marks, ranked bars, stacked weeks, treemaps, change taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from crescendo.app.look import CHART, DASHES, INK, PALETTE
from crescendo.app.words import MARKS
from crescendo.ask.texts import _, language

Row = dict[str, Any]
SHAPES = ("diamond", "triangle-up", "triangle-down", "cross", "stroke", "circle")
# the letter of a thousand millions, which d3 calls G
BILLION = {"en": "B", "fr": "Md"}


def _short() -> dict[str, Any]:
    """How an axis writes figures: short, as 1.6M."""
    return {"format": "~s", "labelExpr": f"replace(datum.label, 'G', '{BILLION[language()]}')"}


@dataclass(frozen=True)
class Drawn:
    """A chart, the rows that it is drawn from, and a sentence for who cannot see it."""

    chart: Any
    rows: list[Row]
    said: str


def dressed(chart: Any, rows: Sequence[Row], said: str, height: int | None = None) -> Drawn:
    """The chart in our look, as wide as its place."""
    sized = chart.properties(width="container", description=said)
    sized = sized.properties(height=height) if height else sized
    return Drawn(sized.configure(**CHART, locale=_locale()), list(rows), said)


def _locale() -> Any:
    """Thousands, decimals, months as the reader writes them."""
    if language() != "fr":
        return alt.Undefined
    months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
              "novembre", "décembre"]  # fmt: skip
    days = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]
    return {
        "number": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", " €"]},
        "time": {
            "dateTime": "%A %e %B %Y, %X", "date": "%d/%m/%Y", "time": "%H:%M:%S", "periods": ["", ""],
            "days": days, "shortDays": [day[:3] + "." for day in days], "months": months,
            "shortMonths": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
                            "déc."],
        },
    }  # fmt: skip


def _day(name: str = "date", **how: Any) -> alt.X:
    return alt.X(f"{name}:T", title=None, axis=alt.Axis(format="%e %b %y", tickCount=6, labelAngle=0), **how)


def course(rows: Sequence[Row], unit: str, said: str, *, from_zero: bool) -> Drawn:
    """Lines over days: `name`, `range`, `date`, `value`, `segment`, `mark`. A gap between segments stays a gap."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    ranges = list(dict.fromkeys(row["range"] for row in rows))
    base = alt.Chart(alt.Data(values=[row | {"date": _iso(row["date"])} for row in rows]))
    value = alt.Y(
        "value:Q", title=unit, scale=alt.Scale(zero=from_zero, nice=True), axis=alt.Axis(**_short(), tickCount=5)
    )
    colour = alt.Color(
        "name:N", title=None, sort=None, scale=alt.Scale(domain=names, range=_cycle(PALETTE, len(names))),
        legend=alt.Legend() if len(names) > 1 else None,
    )  # fmt: skip
    dash = alt.StrokeDash(
        "range:N", title=None, sort=None,
        scale=alt.Scale(domain=ranges, range=[list(DASHES[number % len(DASHES)]) for number in range(len(ranges))]),
    )  # fmt: skip
    tooltip = [
        alt.Tooltip("name:N", title=_("name")), alt.Tooltip("date:T", title=_("day"), format="%e %b %Y"),
        alt.Tooltip("value:Q", title=unit, format=","), alt.Tooltip("said:N", title=_("of note")),
    ]  # fmt: skip
    lines = base.transform_filter("datum.mark !== 'outlier'").mark_line(interpolate="linear").encode(
        _day(), value, colour, dash, detail=["segment:N"]
    )  # fmt: skip
    # a day between two gaps has no line
    dots = base.transform_filter("datum.alone").mark_point(size=14, filled=True).encode(
        _day(), value, colour, tooltip=tooltip
    )  # fmt: skip
    hover = base.mark_point(size=120, opacity=0).encode(_day(), value, tooltip=tooltip)
    layers = [lines, dots, hover]
    if there := [mark for mark in MARKS if any(row["mark"] == mark for row in rows)]:
        layers.append(_marks(base, value, tooltip, there))
    return dressed(alt.layer(*layers), rows, said, 300)


def _marks(base: alt.Chart, value: alt.Y, tooltip: list[alt.Tooltip], there: list[str]) -> alt.Chart:
    shape = alt.Shape(
        "said:N", title=None, sort=None,
        scale=alt.Scale(domain=[_(mark) for mark in there], range=[SHAPES[MARKS.index(mark)] for mark in there]),
    )  # fmt: skip
    marked = base.transform_filter("datum.mark !== ''").mark_point(size=80, filled=False, strokeWidth=1.8, color=INK)
    return marked.encode(_day(), value, shape=shape, tooltip=tooltip)


def bars(rows: Sequence[Row], unit: str, said: str, *, percent: bool = False) -> Drawn:
    """Ranked bars: `name` and `value`, in their order, each with its figure."""
    data = alt.Chart(alt.Data(values=list(rows)))
    written = "format(datum.value, '.1%')" if percent else "format(datum.value, ',')"
    name = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=150, domain=False, ticks=False))
    axis = alt.Axis(**({"format": ".0%"} if percent else _short()), tickCount=4, grid=True)
    values = [row["value"] for row in rows]
    # room for the figure at the end of the longest bar
    domain = [min([0, *values]), max([0, *values]) * 1.22 or 1]
    figure = alt.X("value:Q", title=unit, axis=axis, scale=alt.Scale(domain=domain, nice=False))
    tooltip = [alt.Tooltip("name:N", title=_("name")), alt.Tooltip("written:N", title=unit)]
    drawn = data.transform_calculate(written=written)
    made = drawn.mark_bar(color=PALETTE[0], height={"band": 0.7}).encode(figure, name, tooltip=tooltip)
    label = drawn.mark_text(align="left", dx=4, color=INK, fontSize=12).encode(figure, name, text="written:N")
    return dressed(alt.layer(made, label), rows, said, 26 * len(rows) + 14)


def apart(rows: Sequence[Row], unit: str, said: str) -> Drawn:
    """What a total's change is made of: `part`, `value`, gains to the right, losses to the left."""
    data = alt.Chart(alt.Data(values=list(rows)))
    part = alt.Y("part:N", title=None, sort=None, axis=alt.Axis(labelLimit=220, domain=False, ticks=False))
    value = alt.X("value:Q", title=unit, axis=alt.Axis(**_short(), tickCount=4, grid=True))
    colour = alt.condition("datum.value < 0", alt.value(PALETTE[1]), alt.value(PALETTE[0]))
    tooltip = [alt.Tooltip("part:N", title=_("part")), alt.Tooltip("value:Q", title=unit, format="+,")]
    made = data.mark_bar(height={"band": 0.65}).encode(value, part, color=colour, tooltip=tooltip)
    return dressed(made, rows, said, 34 * len(rows) + 30)


def _iso(day: date | str) -> str:
    # at noon: no time zone of a reader moves the day
    return f"{day}T12:00:00"


def _cycle(colours: Sequence[str], count: int) -> list[str]:
    return [colours[number % len(colours)] for number in range(count)]


def steps(rows: Sequence[Row], unit: str, said: str) -> Drawn:
    """What each step of a window added: `name`, `date`, `value`, `whole`; bars beside each other for each name."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    data = alt.Chart(alt.Data(values=[row | {"date": str(row["date"])} for row in rows]))
    colour = alt.Color(
        "name:N", title=None, sort=None, scale=alt.Scale(domain=names, range=_cycle(PALETTE, len(names))),
        legend=alt.Legend() if len(names) > 1 else None,
    )  # fmt: skip
    day = alt.X("date:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    value = alt.Y("value:Q", title=unit, axis=alt.Axis(**_short(), tickCount=5))
    tooltip = [alt.Tooltip("name:N", title=_("name")), alt.Tooltip("date:N", title=_("until")),
               alt.Tooltip("value:Q", title=unit, format="+,")]  # fmt: skip
    opacity = alt.condition("datum.whole", alt.value(1.0), alt.value(0.45))
    made = data.mark_bar().encode(
        day, value, colour, xOffset=alt.XOffset("name:N", sort=None), opacity=opacity, tooltip=tooltip
    )
    return dressed(made, rows, said, 280)
