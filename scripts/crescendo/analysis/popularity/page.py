"""The report as one HTML file that needs nothing but itself: charts, tables and the script that draws them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files

import altair as alt
import numpy as np
import pandas as pd
import vl_convert
from jinja2 import Environment
from markupsafe import Markup

from crescendo.analysis.popularity import correlation
from crescendo.analysis.popularity.headings import COLUMNS, HEADINGS, translated
from crescendo.analysis.popularity.report import ACROSS, OVER_TIME, SHUFFLES, Analysis
from crescendo.analysis.popularity.verdicts import as_records, verdicts
from crescendo.ask.tables import grouped
from crescendo.ask.texts import _, language

POINTS = 400  # drawn one by one; the density behind them holds all songs
ARTISTS = 25
INK, ACCENT, QUIET = "#1d2733", "#c2410c", "#9aa5b1"
# figures in charts, which the browser writes
FORMATS = {"fr": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u00a0€"]}}


@dataclass(frozen=True)
class Figure:
    """A chart with the table of what it draws and a sentence that says how to read it."""

    name: str
    title: str
    reading: str
    chart: alt.TopLevelMixin
    table: pd.DataFrame


def page(analysis: Analysis) -> str:
    """The report as HTML text."""
    drawn = list(figures(analysis))
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"said": _paragraph, "word": _, "grouped": grouped}
    template = environment.from_string(
        files("crescendo.analysis.popularity").joinpath("popularity.html").read_text(encoding="utf-8")
    )
    formats = FORMATS.get(language())
    return template.render(
        language=language(),
        options=_script({"actions": False} | ({"formatLocale": formats} if formats else {})),
        facts=analysis.facts.to_dict("records"),
        verdicts=as_records(verdicts(analysis)),
        figures=[{"name": f.name, "title": f.title, "reading": f.reading, "table": table(f.table)} for f in drawn],
        specs=_script({figure.name: figure.chart.to_dict() for figure in drawn}),
        script=vl_convert.javascript_bundle(vl_version=_vega_lite()),  # type: ignore[call-arg]  # its stub lacks the default
        findings=table(analysis.findings.reindex(columns=["design", *COLUMNS])),
        controls=table(analysis.controls),
        controls_failed=bool((analysis.controls["passed"] == False).any()),  # noqa: E712 - None is not a failure
        stationarity=table(analysis.stationarity),
        unanswered=list(unanswered(analysis)),
        seed=analysis.seed,
        shuffles=SHUFFLES,
    )


def _vega_lite() -> str:
    """The Vega-Lite version that this Altair writes, as vl-convert names it."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def _paragraph(text: str, **values: object) -> Markup:
    """A passage of the template in the reader's language; its values are escaped."""
    escaped = {name: escape(str(value)) for name, value in values.items()}
    return Markup(_(" ".join(text.split()), **escaped))  # noqa: S704 - the text is ours


def _script(value: object) -> str:
    """JSON that may stand inside a script element: titles come from outside, and none may end it."""
    return json.dumps(value).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def table(rows: pd.DataFrame) -> str:
    """A frame as an HTML table: everything escaped, numbers short, blanks for what is not known."""
    rows = translated(rows.dropna(axis=1, how="all"))
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows.itertuples(index=False, name=None))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return f"<td>{'★' if value else ''}</td>"
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "<td></td>"
    if isinstance(value, (float, np.floating)):
        least = grouped(0.001, 3)
        small = f"&lt; {least}" if 0 < value < 0.001 else f"&gt; -{least}" if -0.001 < value < 0 else None
        return f"<td class=n>{small or grouped(float(value), 0 if value == int(value) else 3)}</td>"
    if isinstance(value, (int, np.integer)):
        return f"<td class=n>{grouped(int(value))}</td>"
    return f"<td>{escape(str(value))}</td>"


def unanswered(analysis: Analysis) -> Iterator[str]:
    """What these data cannot tell, in sentences."""
    found, facts = analysis.findings, analysis.facts
    yield _(
        "What causes what. The score is made by the platform out of recent plays, relative to its whole catalogue; "
        "that the two go together is partly how the score is defined."
    )
    missing = [label for name, label in analysis.variables.items() if name not in set(found["variable"])]
    if missing:
        yield _("Anything about {names}: no file that was loaded holds them.", names=", ".join(missing))
    if len(facts) == 1:
        yield _("Other platforms: only {platform} gives a score here.", platform=facts["platform"].iloc[0])
    few = found[found["n_effective"] < correlation.MIN_EFFECTIVE]
    if len(few):
        names, count = ", ".join(sorted(set(few["label"]))), grouped(len(few))
        yield _(
            "Links with under 30 effective points ({count} {count:row|rows}: {names}): shown, never starred.",
            count=count, names=names,
        )  # fmt: skip
    exact = found[found["status"] == "perfect"]
    if len(exact):
        yield _(
            "How sure a link without any exception is ({count} {count:row|rows}): nothing scatters, so it has no"
            " interval.",
            count=grouped(len(exact)),
        )
    for fact in facts.to_dict("records"):
        yield from _unanswered_of(fact)
    yield _(
        "What a song does while nobody counts it: songs outside the loaded lists and files are not a random absence."
    )


def _unanswered_of(fact: dict) -> Iterator[str]:
    """What the data of one platform cannot tell."""
    if fact["artists"] < 10:
        counts = {"songs": grouped(fact["songs"]), "artists": grouped(fact["artists"])}
        yield _(
            "Artists in general: {songs} {songs:song|songs} of {artists} on {platform} {songs:speaks for"
            " itself|speak for themselves} only.",
            platform=fact["platform"], **counts,
        )  # fmt: skip
    if fact["unchanged_weeks"] > 0.5:
        yield _(
            "Small movements: the score of {platform} is a whole number and does not change in {share} % of weeks.",
            platform=fact["platform"], share=grouped(100 * fact["unchanged_weeks"]),
        )  # fmt: skip


def figures(analysis: Analysis) -> Iterator[Figure]:
    """Every chart that the data allow, platform by platform."""
    for platform in analysis.facts["platform"]:
        found = analysis.findings[analysis.findings["platform"] == platform]
        songs = analysis.songs[analysis.songs["platform"] == platform]
        yield from _forest(platform, found)
        yield from _scatter(platform, found, songs, analysis.variables)
        yield from _decades(platform, songs)
        yield from _lags(platform, found)
        yield from _artists(platform, analysis.artists[analysis.artists["platform"] == platform])


def _tip(field: str, form: str | None = None) -> alt.Tooltip:
    """A line of what is shown when the pointer rests on a mark, under the heading of its column."""
    name = field.partition(":")[0]
    return alt.Tooltip(field, title=_(HEADINGS.get(name, name)), format=form or alt.Undefined)


def _interval_chart(rows: pd.DataFrame, y: alt.Y, tooltip: list) -> alt.LayerChart:
    """Points with their intervals about a line at zero; rows: estimate, low, high, starred."""
    base = alt.Chart(rows)
    colour = alt.condition("datum.starred", alt.value(ACCENT), alt.value(QUIET))
    x = alt.X("estimate:Q", title=_("correlation"), scale=alt.Scale(domain=[-1, 1]))
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK, strokeDash=[3, 3]).encode(x="x:Q")
    return (
        zero
        + base.mark_rule().encode(y=y, x=alt.X("low:Q", title=_("correlation")), x2="high:Q", color=colour)
        + (base.mark_point(filled=True, size=60, opacity=1).encode(y=y, x=x, color=colour, tooltip=tooltip))
    )


def _forest(platform: str, found: pd.DataFrame) -> Iterator[Figure]:
    rows = found[
        (found["design"] == ACROSS) & found["estimate"].notna() & (found["method"] != "pearson on logs")
    ].copy()
    if rows.empty:
        return
    rows["name"] = rows["label"] + np.where(rows["method"] == "spearman", "", _(", others held fixed"))
    chart = _interval_chart(
        rows[["name", "estimate", "low", "high", "starred", "n", "q"]],
        alt.Y("name:N", title=None, sort=rows["name"].tolist(), axis=alt.Axis(labelLimit=360)),
        [_tip("name:N"), _tip("estimate:Q", form=".2f"), _tip("n:Q"), _tip("q:Q", form=".3f")],
    ).properties(width=520, height=alt.Step(22))
    yield Figure(
        f"forest_{platform}",
        _("What goes with the {platform} score, across songs", platform=platform),
        _(
            "A dot is a rank correlation, the bar its 95 % interval; a coloured dot survives the correction for all "
            "tests of this report. Right of zero: songs with more of it score higher. A dot without a bar has no "
            "interval; the status in the table says why."
        ),
        chart,
        found[found["design"] == ACROSS]
        .reindex(columns=["label", *COLUMNS])
        .drop(columns=["platform", "variable", "lag"]),
    )


def _scatter(platform: str, found: pd.DataFrame, songs: pd.DataFrame, labels: dict) -> Iterator[Figure]:
    rows = correlation.believable(found[(found["design"] == ACROSS) & (found["method"] == "spearman")])
    if rows.empty:
        return
    variable = rows.loc[rows["estimate"].abs().idxmax(), "variable"]
    points = songs.dropna(subset=[variable, "popularity"])[["title", "artist", variable, "popularity"]]
    points = points.assign(value=points[variable].astype(float).clip(lower=0))
    logged = points["value"].max() > 100
    points["place"] = np.log10(1 + points["value"]) if logged else points["value"]
    counts, x, y = np.histogram2d(points["place"], points["popularity"], bins=[24, 20])
    i, j = np.nonzero(counts)
    cells = pd.DataFrame({"x": x[i], "x2": x[i + 1], "y": y[j], "y2": y[j + 1], "songs": counts[i, j].astype(int)})
    # every k-th song along the x axis: the same songs every time, spread over the whole range
    shown = points.sort_values("place").iloc[:: max(1, len(points) // POINTS)]
    label = labels.get(variable, variable)
    axis = alt.Axis(title=label + (_(", powers of ten") if logged else ""))
    density = alt.Chart(cells).mark_rect().encode(
        x=alt.X("x:Q", axis=axis), x2="x2:Q", y=alt.Y("y:Q", title=_("popularity")), y2="y2:Q",
        color=alt.Color("songs:Q", scale=alt.Scale(scheme="blues", type="log"), title=_("songs")),
    )  # fmt: skip
    shown = shown[["title", "artist", "value", "place", "popularity"]]
    dots = alt.Chart(shown).mark_circle(size=18, color=ACCENT).encode(
        x="place:Q", y="popularity:Q",
        tooltip=[
            _tip("title:N"), _tip("artist:N"), alt.Tooltip("value:Q", format=",.0f", title=label),
            _tip("popularity:Q"),
        ],
    )  # fmt: skip
    yield Figure(
        f"scatter_{platform}",
        _("Score of {platform} and {label}", platform=platform, label=label),
        _(
            "All {songs} {songs:song|songs} of the reference week as shades, {dots} of them as dots. A narrow"
            " band means that the one is nearly enough to tell the other.",
            songs=grouped(len(points)),
            dots=grouped(len(shown)),
        ),
        (density + dots).properties(width=520, height=340),
        cells.rename(columns={"x": "from", "x2": "to", "y": "score from", "y2": "score to"}),
    )


def _decades(platform: str, songs: pd.DataFrame) -> Iterator[Figure]:
    known = songs.dropna(subset=["streams_28d", "popularity"])
    if known.empty:
        return
    a_day = known["streams_28d"].astype(float) / 28
    power = np.floor(np.log10(np.maximum(a_day, 1))).astype(int)
    label = power.map(lambda k: f"{grouped(10**k)}+" if k else _("under 10"))
    rows = (
        known.assign(power=power, streams_a_day=label)
        .groupby(["power", "streams_a_day"])["popularity"]
        .describe(percentiles=[0.1, 0.25, 0.5, 0.75, 0.9])
        .reset_index()
        .rename(columns={"10%": "p10", "25%": "p25", "50%": "median", "75%": "p75", "90%": "p90", "count": "songs"})
    )
    rows["songs"] = rows["songs"].astype(int)
    order, axis = rows["streams_a_day"].tolist(), alt.Axis(labelAngle=0)
    x = alt.X("streams_a_day:O", sort=order, title=_("streams a day, mean of 28 days"), axis=axis)
    base = alt.Chart(rows[["streams_a_day", "songs", "p10", "p25", "median", "p75", "p90"]])
    tips = [_tip(f"{name}:Q") for name in ("songs", "median", "p25", "p75")]
    tips.insert(0, _tip("streams_a_day:O"))
    chart = (
        base.mark_rule(color=QUIET).encode(x=x, y=alt.Y("p10:Q", title=_("popularity")), y2="p90:Q")
        + base.mark_bar(size=34, color="#9ecae1").encode(x=x, y="p25:Q", y2="p75:Q", tooltip=tips)
        + base.mark_tick(size=34, thickness=3, color=ACCENT).encode(x=x, y="median:Q", tooltip=tips)
    )
    yield Figure(
        f"decades_{platform}",
        _("Score of {platform} by power of ten of daily streams", platform=platform),
        _(
            "The line is the median song, the box half of the songs, the whisker four fifths. What a song of a given "
            "size may expect."
        ),
        chart.properties(width=520, height=300),
        rows[["streams_a_day", "songs", "p10", "p25", "median", "p75", "p90"]],
    )


def _lags(platform: str, found: pd.DataFrame) -> Iterator[Figure]:
    rows = found[(found["design"] == OVER_TIME) & (found["method"] == "spearman") & found["estimate"].notna()]
    if rows.empty:
        return
    base = alt.Chart(rows[["label", "lag", "estimate", "low", "high", "starred", "q"]])
    colour = alt.condition("datum.starred", alt.value(ACCENT), alt.value(QUIET))
    title = _("weeks by which the variable comes first (left of 0: the score comes first)")
    x = alt.X("lag:O", title=title, axis=alt.Axis(labelAngle=0))
    layers = alt.layer(
        base.mark_rule(color=INK, strokeDash=[3, 3]).encode(y=alt.datum(0)),
        base.mark_rule().encode(x=x, y=alt.Y("low:Q", title=_("correlation of changes")), y2="high:Q", color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            x=x, y="estimate:Q", color=colour,
            tooltip=[_tip("lag:O"), _tip("estimate:Q", form=".2f"), _tip("q:Q", form=".3f")],
        ),
    )  # fmt: skip
    yield Figure(
        f"lags_{platform}",
        _("Who moves first on {platform}", platform=platform),
        _(
            "Each dot links the change of a week with the change of the score some weeks later. Coloured dots at zero "
            "or right of it: the score follows. Left of it: the score would announce."
        ),
        layers.properties(width=520, height=220).facet(row=alt.Row("label:N", title=None)),
        found[found["design"] == OVER_TIME].reindex(columns=["label", *COLUMNS]).drop(columns=["platform", "variable"]),
    )


def _artists(platform: str, artists: pd.DataFrame) -> Iterator[Figure]:
    if len(artists) < 2:
        return
    rows = artists.nlargest(ARTISTS, "songs").sort_values("estimate", ascending=False)
    rows = rows.assign(starred=(rows["low"] > 0) | (rows["high"] < 0))
    first = rows.iloc[0]
    chart = _interval_chart(
        rows[["artist", "songs", "estimate", "low", "high", "starred"]],
        alt.Y("artist:N", title=None, sort=rows["artist"].tolist(), axis=alt.Axis(labelLimit=260)),
        [_tip("artist:N"), _tip("songs:Q"), _tip("estimate:Q", form=".2f")],
    ).properties(width=520, height=alt.Step(20))
    yield Figure(
        f"artists_{platform}",
        _("The strongest link over time on {platform}, artist by artist", platform=platform),
        _(
            "Changes of {variable} and of the score {lag} {lag:week|weeks} later, for the {count}"
            " {count:artist|artists} with the most songs. "
            "Here coloured means: this artist's interval leaves out zero, many artists or not.",
            variable=first["variable"],
            lag=f"{first['lag']:+d}",
            count=len(rows),
        ),
        chart,
        rows[["artist", "songs", "estimate", "low", "high"]],
    )
