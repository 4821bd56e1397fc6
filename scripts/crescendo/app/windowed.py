"""The windows that a page offers, and that of the address: a word as `--last` and `--window` take it, or two days."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from crescendo.app import state
from crescendo.ask import windows
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

OFFERED = ("28d", "7d", "3m", "1y", "mtd", "ytd", "last-week", "last-month", "last-quarter")
DAYS = "days"


def chosen() -> dict[str, Any]:
    """The window of the address, as a question takes it; a list to choose another, and two days if asked for."""
    asked = state.said("window")
    own = (asked,) if _is_window(asked) and asked not in OFFERED else ()
    word = state.choose("window", _("Window"), (*OFFERED, *own, DAYS), _said)
    if word != DAYS:
        return {"last": word} if re.fullmatch(r"\d+[dwmy]", word) else {"window": word}
    first, last = st.columns(2)
    with first:
        start = _day("from", _("After"))
    with last:
        end = _day("to", _("Until"))
    if not start or not end:
        raise CrescendoError(_("choose two days: growth runs from the close of the first to the close of the second"))
    return {"from_date": start, "to_date": end}


def _day(name: str, label: str) -> date | None:
    try:
        known = windows.day(state.said(name) or None, name)
    except CrescendoError:
        state.put(name, "")
        known = None
    key = f"day-{name}"

    def put() -> None:
        state.put(name, str(st.session_state[key] or ""))

    if st.session_state.get(key) != known:
        st.session_state[key] = known
    st.date_input(
        label, min_value=date(1900, 1, 1), max_value=date(2200, 1, 1), key=key, on_change=put, format="YYYY-MM-DD"
    )
    return known


def _is_window(said: str) -> bool:
    """Whether a word of an address is a window."""
    made: Callable[[date], Any] = windows.last(said) if re.fullmatch(r"\d+[dwmy]", said) else windows.named(said)
    try:
        made(date(2025, 6, 30))
    except CrescendoError:
        return False
    return True


def _said(word: str) -> str:
    known = {
        "28d": _("last 28 days"), "7d": _("last 7 days"), "3m": _("last 3 months"), "1y": _("last year to the day"),
        "mtd": _("month to date"), "ytd": _("year to date"), "last-week": _("last week"),
        "last-month": _("last month"), "last-quarter": _("last quarter"), DAYS: _("between two days"),
    }  # fmt: skip
    return known.get(word, word)
