"""What is seen before a subject is chosen: the platform's figures, who moved, what is usual; and shares and parts."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from crescendo.app import blocks, draw, evidence, spans, state, words
from crescendo.app.blocks import Column, Tile
from crescendo.app.draw import Row
from crescendo.app.pictures import short, unique
from crescendo.app.source import Opened
from crescendo.app.subjects import Counted
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Answer, Question
from crescendo.ask.reasons import outside, why_nothing
from crescendo.ask.shown import readable
from crescendo.ask.texts import _, language
from crescendo.ask.windows import Window

MOVERS = 10
TYPES = """
    select g.subject_type, count(*) as series_count
    from intermediate.int_series_grouped as g
    inner join metrics.dim_series as s using (series_id)
    inner join metrics.dim_metrics as m using (metric_id)
    where m.platform = ? and m.metric = ? and g.subject_type <> 'platform'
    group by all order by bool_or(g.subject_type = g.member_type) desc, series_count desc, 1
"""


def overview(opened: Opened, of: Counted, window: dict[str, Any], place: Any) -> None:
    """All that a platform counts of one metric."""
    kinds = [row["subject_type"] for row in opened.rows(TYPES, of.platform, of.metric)]
    with place:
        kind = state.choose("by", _("Of each"), kinds, _)
    asked = {"metric": of.metric, "platform": of.platform, **window}
    total = opened.answer(Question("growth", by="platform", **asked))
    answer = opened.answer(Question("growth", by=kind, sort="growth", top=MOVERS, **asked))
    rows = _rows(total)
    if not answer.rows:
        with opened.reader() as connection:
            blocks.plainly(outside(answer, connection) or why_nothing(answer, connection))
        return
    if rows:
        blocks.tiles(_tiles(rows[0], total, of))
    blocks.note(_span(answer))
    st.header(_("Who grew most"), anchor=False)
    _ranked(_rows(answer), answer, of, "movers")
    faster = opened.answer(Question("growth", by=kind, sort="period_change_pct", top=MOVERS, **asked))
    sound = [row for row in _rows(faster) if row["period_change_pct"] is not None]
    if sound:
        st.header(_("Whose pace rose most"), anchor=False)
        _table(sound, faster, of, "pace")
    averages(opened, of, asked)
    evidence.growth(opened, rows or _rows(answer), total if rows else answer, of)


def _rows(answer: Answer) -> list[Row]:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _span(answer: Answer) -> str:
    return _("{days} {days:day|days}, {span}", days=answer.windows[0].days, span=spans.span(answer.windows[0]))


def _tiles(row: Row, answer: Answer, of: Counted) -> list[Tile]:
    reason = "" if row["growth_pct"] is not None else answer.labels[row["status"]]
    return [
        Tile(_("{platform}, growth", platform=of.platform_name), readable("growth", row["growth"]), of.unit,
             _("of {count} with a value on both days", count=readable("", row["same_count"]))),
        Tile(_("growth %"), readable("growth_pct", row["growth_pct"]), "" if reason else "%", reason),
        Tile(_("gain against the window before"), readable("period_change_pct", row["period_change_pct"]), "%"),
        Tile(_("at the end"), readable("end_value", row["end_value"]), of.unit),
        Tile(_("observed"), readable("coverage_ratio", row["coverage_ratio"])),
    ]  # fmt: skip


def link(subject_id: str, of: Counted) -> str:
    """The address of a subject's own view; the other words of this address stay."""
    said = {"lang": language(), "subject": subject_id, "metric": of.word}
    said |= {name: state.said(name) for name in ("window", "from", "to") if state.said(name)}
    return "audience?" + urlencode(said)


def _ranked(rows: list[Row], answer: Answer, of: Counted, name: str) -> None:
    shown = [row for row in rows if row["growth"] is not None]
    said = _("The {count} that grew most, {metric}.", count=len(shown), metric=of.said)
    called = unique([short(row["name"], 40) for row in shown])
    bars = [{"name": one, "value": row["growth"]} for one, row in zip(called, shown, strict=True)]
    first, second = st.columns([2, 3])
    with first:
        blocks.figure(draw.bars(bars, of.unit, said), name)
    with second:
        _table(rows, answer, of, name)


def _table(rows: list[Row], answer: Answer, of: Counted, name: str) -> None:
    credited = [row.get("artist_credit") or "" for row in rows]
    columns = [Column(_("name"), [r["name"] for r in rows], links=[link(r["subject_id"], of) for r in rows])]
    columns += [Column(_("artist"), credited, is_data=True)] if any(credited) else []
    columns += [
        Column(_("growth") + f" ({of.unit})", [readable("growth", row["growth"]) for row in rows], True),
        Column(_("growth %"), [readable("growth_pct", row["growth_pct"]) for row in rows], True),
        Column(_("gain vs before %"), [readable("period_change_pct", row["period_change_pct"]) for row in rows], True),
        Column(_("status"), [answer.labels[row["status"]] for row in rows]),
    ]
    kept = [tuple(row.values()) for row in rows]
    blocks.table(columns, Rows(answer.columns, answer.types, kept), name, _("Growth"))


def averages(opened: Opened, of: Counted, asked: dict[str, Any]) -> None:
    """What is usual on the platform."""
    answer = opened.answer(Question("averages", by="platform", **asked))
    rows = _rows(answer)
    if not rows:
        return
    st.header(_("What is usual"), anchor=False)
    unit = f" ({of.unit})"
    columns = [
        Column(_("of each"), [_(row["member_type"]) for row in rows]),
        Column(
            _("average a day") + unit, [readable("average_", row["average_per_observed_day"]) for row in rows], True
        ),
        Column(_("latest, average") + unit, [readable("average_", row["average_latest_value"]) for row in rows], True),
        Column(_("latest, median") + unit, [readable("median_", row["median_latest_value"]) for row in rows], True),
        Column(_("members"), [readable("", row["member_count"]) for row in rows], True),
        Column(_("observed"), [readable("coverage_ratio", row["coverage_ratio"]) for row in rows], True),
    ]
    blocks.table(columns, Rows(answer.columns, answer.types, answer.rows), "averages", _("What is usual"))


PARTS = tuple(zip(("growth", "new_value", "lost_value", "restated_change"), words.PARTS, strict=True))


def apart(rows: list[Row], of: Counted) -> None:
    """Of a group's change, what came from members that were there all along, from new, lost and restated ones."""
    for number, row in enumerate(row for row in rows if "same_count" in row and row["total_change"] is not None):
        st.header(_("Where the change of {name} came from", name=short(row["name"], 40)), anchor=False)
        values = {column: _signed(row, column) for column, _said in PARTS}
        parts = [{"part": _(said), "value": values[column]} for column, said in PARTS]
        said = _(
            "Same {same} + new {new} - lost {lost} + restated {restated} = {total} {unit}.",
            same=readable("", values["growth"]), new=readable("", values["new_value"]),
            lost=readable("", abs(values["lost_value"])), restated=readable("", values["restated_change"]),
            total=readable("growth", row["total_change"]), unit=of.unit,
        )  # fmt: skip
        blocks.figure(draw.apart(parts, of.unit, said), f"apart-{number}")


def _signed(row: Row, column: str) -> float:
    value = float(row[column] or 0)
    return 0.0 - value if column == "lost_value" else value


def share(opened: Opened, rows: list[Row], of: Counted, own: Window) -> None:
    """Each subject's part of what the platform counts."""
    question = Question(
        "growth", by="platform", metric=of.metric, platform=of.platform, from_date=own.start, to_date=own.end
    )
    whole = next(iter(_rows(opened.answer(question))), None)
    if not whole or not whole["end_value"] or whole["end_value"] <= 0:
        return
    shown = [row for row in rows if row["end_value"] is not None]
    if not shown:
        return
    st.header(_("Share of the total"), anchor=False)
    names = unique([short(row["name"], 40) for row in shown])
    bars = [{"name": n, "value": row["end_value"] / whole["end_value"]} for n, row in zip(names, shown, strict=True)]
    said = _(
        "Of {total} {unit} that {platform} counts of all that have a value on both days.",
        total=readable("", whole["end_value"]), unit=of.unit, platform=of.platform_name,
    )  # fmt: skip
    blocks.figure(draw.bars(bars, _("share"), said, percent=True), "share")
