"""The page of the audience: how subjects grew, with the curve, the reason if there is no percent, and the evidence."""

import streamlit as st

from crescendo.app import blocks, draw, evidence, overview, spans, state, subjects, windowed
from crescendo.app.blocks import Column, Tile
from crescendo.app.draw import Row
from crescendo.app.pictures import short
from crescendo.app.search import search
from crescendo.app.source import Opened
from crescendo.app.subjects import Counted, Subject
from crescendo.ask import windows
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Answer, Question
from crescendo.ask.reasons import outside, why_nothing
from crescendo.ask.shown import readable
from crescendo.ask.texts import _
from crescendo.ask.windows import Window


def page(opened: Opened) -> None:
    """The subjects of the address; if there are none, all that is counted."""
    search(opened)
    asked = state.said_all("subject")
    chosen = subjects.named(opened, asked)
    if missing := [one for one in asked if one not in {subject.subject_id for subject in chosen}]:
        blocks.plainly(_("there is no subject {ids} in this warehouse: find it by its name", ids=", ".join(missing)))
    _chips(chosen)
    known = subjects.counted(opened, tuple(one.subject_id for one in chosen))
    if not known:
        blocks.plainly(_nothing(chosen))
        return
    first, second, third = st.columns(3)
    with first:
        of = state.choose("metric", _("Metric"), known, lambda one: one.said, lambda one: one.word)
    with second:
        window = windowed.chosen()
    if not chosen:
        overview.overview(opened, of, window, third)
        return
    with third:
        against = state.choose("against", _("Against"), ("previous", "year"), _against)
    _subjects(opened, chosen, of, window, against)


def _nothing(chosen: list[Subject]) -> str:
    if chosen:
        return _(
            "nothing was counted of {names} yet: choose another subject", names=", ".join(one.name for one in chosen)
        )
    return _("there are no observations yet: load files with `crescendo load`, then `crescendo build`")


def _against(word: str) -> str:
    return _("the window before") if word == "previous" else _("the year before")


def _chips(chosen: list[Subject]) -> None:
    """The chosen subjects, each to be taken away."""
    if not chosen:
        return

    def keep() -> None:
        state.put("subject", [one.subject_id for one in st.session_state["subjects"]])
        state.put("metric", "")

    if st.session_state.get("subjects") != chosen:
        st.session_state["subjects"] = chosen
    st.pills(
        _("Subjects"), chosen, selection_mode="multi", key="subjects", on_change=keep, label_visibility="collapsed",
        format_func=lambda one: f"{short(one.name)} ✕",
    )  # fmt: skip


def _subjects(opened: Opened, chosen: list[Subject], of: Counted, window: dict, against: str) -> None:
    answers = []
    for kind in dict.fromkeys(one.subject_type for one in chosen):
        ids = tuple(one.subject_id for one in chosen if one.subject_type == kind)
        question = Question(
            "growth", by=kind, ids=ids, metric=of.metric, platform=of.platform, against="year", **window
        )
        answers.append(opened.answer(question))
    rows = [dict(zip(a.columns, row, strict=True)) for a in answers for row in a.rows]
    for warning in dict.fromkeys(warning for answer in answers for warning in answer.warnings):
        blocks.note(warning)
    if all(row["growth"] is None for row in rows):
        with opened.reader() as connection:
            reason = outside(answers[0], connection) or ("" if rows else why_nothing(answers[0], connection))
        if reason:
            blocks.plainly(reason)
            return
    own = answers[0].windows[0]
    if len(rows) == 1:
        blocks.tiles(_tiles(rows[0], answers[0], of))
    _curve(opened, chosen, of, own, against)
    _growth(rows, answers[0], of)
    overview.apart(rows, of)
    overview.share(opened, rows, of, own)
    evidence.growth(opened, rows, answers[0], of)


def _tiles(row: Row, answer: Answer, of: Counted) -> list[Tile]:
    reason = "" if row["growth_pct"] is not None else answer.labels[row["status"]]
    days = spans.span(Window(row["from_date"], row["to_date"]))
    return [
        Tile(_("growth"), readable("growth", row["growth"]), of.unit, days),
        Tile(_("growth %"), readable("growth_pct", row["growth_pct"]), "%" if not reason else "", reason),
        _percent(_("gain against the window before"), row["period_change_pct"], ""),
        _percent(
            _("gain against the year before"),
            row.get("against_change_pct"),
            answer.labels.get(row.get("against_status") or "no_base", ""),
        ),
        Tile(_("at the end"), readable("end_value", row["end_value"]), of.unit, _observed(row)),
    ]


def _percent(what: str, value: float | None, reason: str) -> Tile:
    if value is None:
        return Tile(what, readable("", None), "", reason)
    return Tile(what, readable("_pct", value), "%")


def _observed(row: Row) -> str:
    return _("observed on {day}", day=spans.day(row["end_observed_date"])) if row["end_observed_date"] else ""


def _curve(opened: Opened, chosen: list[Subject], of: Counted, own: Window, against: str) -> None:
    ranges = _ranges(own, against)
    rows = subjects.course(opened, chosen, of, ranges)
    st.header(_("Course"), anchor=False)
    if not rows:
        _weeks(opened, chosen, of, own)
        return
    marks = [row for row in rows if row["mark"]]
    listed = ", ".join(
        f"{_(mark)} {sum(r['mark'] == mark for r in marks)}" for mark in dict.fromkeys(r["mark"] for r in marks)
    )
    said = _(
        "{count} observed days of {names}, {metric}; a gap is a time without observations.",
        count=len(rows), names=", ".join(short(one.name, 40) for one in chosen), metric=of.said,
    )  # fmt: skip
    said += " " + _("Marked: {marks}.", marks=listed) if listed else ""
    called = [row | {"name": short(row["name"])} for row in rows]
    blocks.figure(draw.course(called, of.unit, said, from_zero=False), "course")


def _ranges(own: Window, against: str) -> list[tuple[str, Window]]:
    _same, other = windows.compared(own, against)
    return [(spans.span(own), own), (spans.span(other), other)]


def _weeks(opened: Opened, chosen: list[Subject], of: Counted, own: Window) -> None:
    """The course of groups, which are not observed themselves: what each week of the window added."""
    rows: list[Row] = []
    for kind in dict.fromkeys(one.subject_type for one in chosen):
        ids = tuple(one.subject_id for one in chosen if one.subject_type == kind)
        step = "week" if own.days <= 100 else "month"
        answer = opened.answer(
            Question("growth", by=kind, ids=ids, metric=of.metric, platform=of.platform, step=step,
                     from_date=own.start, to_date=own.end)
        )  # fmt: skip
        made = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        rows += [
            {
                "name": short(row["name"]),
                "date": row["to_date"],
                "value": row["growth"],
                "whole": row["is_whole_step"],
            }
            for row in made
        ]
    said = _("What each step of the window added; a lighter bar is not whole: cut by the window or not complete yet.")
    blocks.figure(draw.steps(rows, of.unit, said), "course")


def _growth(rows: list[Row], answer: Answer, of: Counted) -> None:
    st.header(_("Growth"), anchor=False)
    columns = [
        Column(_("name"), [row["name"] for row in rows], is_data=True),
        Column(_("from") + f" ({of.unit})", [readable("start_value", row["start_value"]) for row in rows], True),
        Column(_("to") + f" ({of.unit})", [readable("end_value", row["end_value"]) for row in rows], True),
        Column(_("growth") + f" ({of.unit})", [readable("growth", row["growth"]) for row in rows], True),
        Column(_("growth %"), [readable("growth_pct", row["growth_pct"]) for row in rows], True),
        Column(_("gain vs before %"), [readable("period_change_pct", row["period_change_pct"]) for row in rows], True),
        Column(_("gain vs year before %"), [readable("_pct", row.get("against_change_pct")) for row in rows], True),
        Column(_("status"), [answer.labels[row["status"]] for row in rows]),
    ]
    names = list(rows[0])
    types = dict(zip(answer.columns, answer.types, strict=True))
    table = Rows(
        names, [types.get(name, "VARCHAR") for name in names], [tuple(row.get(n) for n in names) for row in rows]
    )
    blocks.table(columns, table, "growth", _("Growth"))
    for status in dict.fromkeys(row["status"] for row in rows):
        blocks.note(_("{word}: {meaning}", word=answer.labels[status], meaning=answer.meanings[status]))
