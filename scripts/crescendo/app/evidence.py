"""Where a figure comes from: its anchors and their ages, what was observed, the loads, and what its words mean."""

import streamlit as st

from crescendo.app import blocks, spans, subjects
from crescendo.app.blocks import Column
from crescendo.app.draw import Row
from crescendo.app.source import Opened
from crescendo.app.subjects import Counted
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Answer
from crescendo.ask.shown import readable
from crescendo.ask.texts import _

METRIC = "select * from metrics.dim_metrics where platform = ? and metric = ?"


def panel(opened: Opened, rows: list[Row], answer: Answer, of: Counted) -> None:
    """The evidence of rows of growth, closed until it is asked for."""
    with st.expander(_("Evidence: anchors, ages, coverage, loads, definitions")):
        _anchors(rows, of)
        complete = answer.complete.get(of.platform)
        blocks.note(
            _("Complete through {day}: nine in ten series have reported it.", day=spans.day(complete))
            if complete else _("No day of {platform} is complete.", platform=of.platform_name)
        )  # fmt: skip
        _definition(opened, of)
        _loads(opened, tuple(row["subject_id"] for row in rows))


def _anchors(rows: list[Row], of: Counted) -> None:
    unit = f" ({of.unit})"
    columns = [
        Column(_("name"), [row["name"] for row in rows]),
        Column(_("anchor at the start"), [str(row["start_observed_date"] or "-") for row in rows], True),
        Column(_("age (days)"), [readable("", row["start_age_days"]) for row in rows], True),
        Column(_("value") + unit, [readable("", row["start_value"]) for row in rows], True),
        Column(_("anchor at the end"), [str(row["end_observed_date"] or "-") for row in rows], True),
        Column(_("age (days)"), [readable("", row["end_age_days"]) for row in rows], True),
        Column(_("value") + unit, [readable("", row["end_value"]) for row in rows], True),
        Column(_("observed / expected days"), [_days(row) for row in rows], True),
        Column(_("corrections"), [_n(row.get("correction_count")) for row in rows], True),
        Column(_("restatements"), [_n(row.get("restatement_count")) for row in rows], True),
        Column(_("resets"), [_n(row.get("reset_count")) for row in rows], True),
    ]  # fmt: skip
    names = list(rows[0])
    table = Rows(names, ["VARCHAR"] * len(names), [tuple(_text(row.get(name)) for name in names) for row in rows])
    blocks.table(columns, table, "evidence", _("Evidence"))


def _days(row: Row) -> str:
    return f"{_n(row['observed_days'])} / {_n(row['expected_days'])}"


def _n(value: object) -> str:
    return readable("", value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _definition(opened: Opened, of: Counted) -> None:
    [metric] = opened.rows(METRIC, of.platform, of.metric)
    blocks.note(
        _(
            "{name}: a {kind}, counted in {unit}, expected every {cadence} days; a value older than {age} days is no"
            " anchor, and a percent needs a base of {base}.",
            name=metric["metric_name"], kind=_(metric["kind"]), unit=metric["unit"],
            cadence=_n(metric["cadence_days"]), age=_n(metric["max_age_days"]), base=_n(metric["min_base"]),
        )
    )  # fmt: skip
    blocks.note(_("Growth is the value at the end less the value at the start, after docs/method.md, section 4."))


def _loads(opened: Opened, ids: tuple[str, ...]) -> None:
    rows = subjects.loads(opened, ids)
    if not rows:
        return
    columns = [
        Column(_("load"), [f"{row['load_id']} ({row['started_at']:%Y-%m-%d %H:%M} UTC)" for row in rows]),
        Column(_("source"), [row["source"] for row in rows]),
        Column(_("document"), [row["document"] or "-" for row in rows]),
        Column(_("files"), [_n(row["file_count"]) for row in rows], True),
        Column(_("for example"), [row["example"].rsplit("/", 1)[-1] for row in rows]),
    ]
    names = list(rows[0])
    kept = [tuple(_text(row[name]) for name in names) for row in rows]
    blocks.table(columns, Rows(names, ["VARCHAR"] * len(names), kept), "loads", _("Loads"))
