"""Charts, in one look: courses with their gaps and marks, ranked bars, stacked weeks, treemaps, change taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from crescendo.app.look import CHART, DASHES, INK, PALE, PALETTE, PAPER
from crescendo.app.words import MARKS
from crescendo.ask.shown import readable
from crescendo.ask.tables import grouped
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

    def spec(self) -> dict[str, Any]:
        """The chart as Vega-Lite has it. Not checked against its schema, which takes half of a page's time."""
        made: dict[str, Any] = self.chart.to_dict(validate=False)
        return made


def _of(rows: Sequence[Row]) -> alt.Chart:
    """A chart of rows. Altair copies lists with each step that is added to a chart, but no tuples."""
    return alt.Chart(alt.Data(values=tuple(rows)))


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
    base = _of([row | {"date": _iso(row["date"])} for row in rows])
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
    # short, so that the longest fits a telephone; the table beside has the whole figures
    said_of = [f"{_percent(row['value'])} %" if percent else readable("", row["value"], short=True) for row in rows]
    data = _of([row | {"written": one} for row, one in zip(rows, said_of, strict=True)])
    name = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=150, domain=False, ticks=False))
    axis = alt.Axis(**({"format": ".0%"} if percent else _short()), tickCount=4, grid=True)
    values = [row["value"] for row in rows]
    # room for the figure at the end of the longest bar
    domain = [min([0, *values]), max([0, *values]) * 1.3 or 1]
    figure = alt.X("value:Q", title=unit, axis=axis, scale=alt.Scale(domain=domain, nice=False))
    tooltip = [alt.Tooltip("name:N", title=_("name")), alt.Tooltip("written:N", title=unit)]
    made = data.mark_bar(color=PALETTE[0], height={"band": 0.7}).encode(figure, name, tooltip=tooltip)
    label = data.mark_text(align="left", dx=4, color=INK, fontSize=12).encode(figure, name, text="written:N")
    return dressed(alt.layer(made, label), rows, said, 26 * len(rows) + 54)


def apart(rows: Sequence[Row], unit: str, said: str) -> Drawn:
    """What a total's change is made of: `part`, `value`, gains to the right, losses to the left."""
    data = _of(rows)
    part = alt.Y("part:N", title=None, sort=None, axis=alt.Axis(labelLimit=220, domain=False, ticks=False))
    value = alt.X("value:Q", title=unit, axis=alt.Axis(**_short(), tickCount=4, grid=True))
    colour = alt.condition("datum.value < 0", alt.value(PALETTE[1]), alt.value(PALETTE[0]))
    tooltip = [alt.Tooltip("part:N", title=_("part")), alt.Tooltip("value:Q", title=unit, format="+,")]
    made = data.mark_bar(height={"band": 0.65}).encode(value, part, color=colour, tooltip=tooltip)
    return dressed(made, rows, said, 34 * len(rows) + 50)


def _iso(day: date | str) -> str:
    # at noon: no time zone of a reader moves the day
    return f"{day}T12:00:00"


def _cycle(colours: Sequence[str], count: int) -> list[str]:
    return [colours[number % len(colours)] for number in range(count)]


def steps(rows: Sequence[Row], unit: str, said: str) -> Drawn:
    """What each step of a window added: `name`, `date`, `value`, `whole`; bars beside each other for each name."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    data = _of([row | {"date": str(row["date"])} for row in rows])
    colour = alt.Color(
        "name:N", title=None, sort=None, scale=alt.Scale(domain=names, range=_cycle(PALETTE, len(names))),
        legend=alt.Legend() if len(names) > 1 else None,
    )  # fmt: skip
    # the month and the day; the year is in the tooltip
    short = alt.Axis(labelAngle=0, labelOverlap="greedy", labelExpr="substring(datum.label, 5)")
    day = alt.X("date:O", title=None, axis=short)
    value = alt.Y("value:Q", title=unit, axis=alt.Axis(**_short(), tickCount=5))
    tooltip = [alt.Tooltip("name:N", title=_("name")), alt.Tooltip("date:N", title=_("until")),
               alt.Tooltip("value:Q", title=unit, format="+,")]  # fmt: skip
    opacity = alt.condition("datum.whole", alt.value(1.0), alt.value(0.45))
    made = data.mark_bar().encode(
        day, value, colour, xOffset=alt.XOffset("name:N", sort=None), opacity=opacity, tooltip=tooltip
    )
    return dressed(made, rows, said, 280)


# pixels: of a letter, and of the two lines of a name and its share
FITS = """(datum.x2 - datum.x) / 100 * width > 7.5 * max(length(datum.name), 5) + 8
    && (datum.y2 - datum.y) / 56 * height > 42"""


def treemap(rows: Sequence[Row], said: str) -> Drawn:
    """Rectangles whose areas are shares: `name`, `group`, `value` (0 to 1), the largest first."""
    import squarify  # a page in six has one

    width, height = 100.0, 56.0
    kept = sorted((row for row in rows if row["value"] > 0), key=lambda row: -row["value"])
    sizes = squarify.normalize_sizes([row["value"] for row in kept], width, height)
    groups = list(dict.fromkeys(row["group"] for row in kept))
    boxes = [
        row | {"x": box["x"], "y": box["y"], "x2": box["x"] + box["dx"], "y2": box["y"] + box["dy"],
               "written": f"{_percent(row['value'])} %"}
        for row, box in zip(kept, squarify.squarify(sizes, 0, 0, width, height), strict=True)
    ]  # fmt: skip
    base = _of(boxes)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, height], nice=False, reverse=True))
    colour = alt.Color(
        "group:N", title=None, sort=None, scale=alt.Scale(domain=groups, range=_cycle(PALETTE, len(groups))),
        legend=alt.Legend(direction="horizontal", columns=2),
    )  # fmt: skip
    tooltip = [alt.Tooltip("name:N", title=_("channel")), alt.Tooltip("group:N", title=_("group")),
               alt.Tooltip("written:N", title=_("share")),
               alt.Tooltip("count:Q", title=_("leads"), format=",")]  # fmt: skip
    drawn = base.mark_rect(stroke=PAPER, strokeWidth=2).encode(x, y, colour, x2="x2:Q", y2="y2:Q", tooltip=tooltip)
    # white on the dark ones, ink on the light ones
    pale = [group for number, group in enumerate(groups) if PALETTE[number % len(PALETTE)] in PALE]
    ink = alt.condition(alt.FieldOneOfPredicate(field="group", oneOf=pale), alt.value(INK), alt.value(PAPER))
    # a rectangle is named if its name fits, however wide the screen
    words = base.transform_filter(FITS).mark_text(align="left", baseline="top", dx=7, dy=7, fontSize=13)
    names = words.encode(x, y, text="name:N", color=ink)
    shares = words.mark_text(align="left", baseline="top", dx=7, dy=25, fontSize=15, fontWeight=600)
    return dressed(alt.layer(drawn, names, shares.encode(x, y, text="written:N", color=ink)), rows, said, 380)


def _percent(share: float) -> str:
    return grouped(100 * share, 1)


def stacked(rows: Sequence[Row], unit: str, said: str, *, order: Sequence[str] = (), of_all: bool = False) -> Drawn:
    """Bars of steps, one part on the other: `step`, `name`, `value`, `peak`; of 100 % if they are shares of all."""
    names = list(order) or list(dict.fromkeys(row["name"] for row in rows))
    data = _of(rows)
    step = alt.X("step:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    axis = alt.Axis(format=".0%") if of_all else alt.Axis(**_short(), tickCount=5)
    value = alt.Y("sum(value):Q", title=unit, stack="normalize" if of_all else "zero", axis=axis)
    colour = alt.Color(
        "name:N", title=None, sort=None, scale=alt.Scale(domain=names, range=_cycle(PALETTE, len(names))),
        legend=alt.Legend(direction="horizontal", columns=3),
    )  # fmt: skip
    tooltip = [alt.Tooltip("name:N", title=_("name")), alt.Tooltip("step:N", title=_("week")),
               alt.Tooltip("value:Q", title=unit, format=",")]  # fmt: skip
    made = data.mark_bar(stroke=PAPER, strokeWidth=1).encode(step, value, colour, order="rank:Q", tooltip=tooltip)
    layers = [made]
    if any(row.get("peak") for row in rows):
        peaks = data.transform_aggregate(total="sum(value)", peak="max(peak)", groupby=["step"]).transform_filter(
            "datum.peak"
        )
        layers.append(
            peaks.mark_text(text="▲ " + _("peak"), dy=-8, fontSize=12, color=INK).encode(
                step, alt.Y("total:Q", title=unit)
            )
        )
    return dressed(alt.layer(*layers), rows, said, 320)


def banded(rows: Sequence[Row], title: str, said: str) -> Drawn:
    """A line of shares within its floor and ceiling: `step`, `value`, `low`, `high`; no value is a gap."""
    data = _of(rows)
    step = alt.X("step:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    axis = alt.Axis(format=".0%", tickCount=5)
    scale = alt.Scale(domain=[0, 1])
    tooltip = [alt.Tooltip("step:N", title=_("week")), alt.Tooltip("value:Q", title=title, format=".1%"),
               alt.Tooltip("low:Q", title=_("floor"), format=".1%"),
               alt.Tooltip("high:Q", title=_("ceiling"), format=".1%")]  # fmt: skip
    band = data.mark_area(opacity=0.35, color=PALETTE[2]).encode(
        step, alt.Y("low:Q", scale=scale, title=title, axis=axis), y2="high:Q"
    )
    line = data.mark_line(point={"size": 30, "filled": True}, color=PALETTE[0]).encode(
        step, alt.Y("value:Q", scale=scale, title=title, axis=axis), tooltip=tooltip
    )  # fmt: skip
    return dressed(alt.layer(band, line), rows, said, 280)


def line(rows: Sequence[Row], unit: str, said: str) -> Drawn:
    """Lines over steps, which are no days: `step`, `name`, `value`; a step without a value is a gap."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    data = _of(rows)
    colour = alt.Color(
        "name:N", title=None, sort=None, scale=alt.Scale(domain=names, range=_cycle(PALETTE, len(names))),
        legend=alt.Legend(direction="horizontal", columns=2) if len(names) > 1 else None,
    )  # fmt: skip
    dash = alt.StrokeDash(
        "name:N", title=None, sort=None,
        scale=alt.Scale(domain=names, range=[list(DASHES[n % len(DASHES)]) for n in range(len(names))]),
    )  # fmt: skip
    made = data.mark_line(point={"size": 30, "filled": True}).encode(
        alt.X("step:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
        alt.Y("value:Q", title=unit, axis=alt.Axis(**_short(), tickCount=5)), colour, dash,
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("step:N"), alt.Tooltip("value:Q", title=unit, format=",.2~f")],
    )  # fmt: skip
    return dressed(made, rows, said, 280)
