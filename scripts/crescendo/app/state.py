"""What is asked for is in the address, so that a view can be sent: language, subjects, metric, platform, window ..."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from crescendo.ask import texts
from crescendo.ask.texts import _

T = TypeVar("T")
# how many subjects one chart can tell apart
MOST_SUBJECTS = 6


def speak() -> None:
    """Speak the language of the address, else that of this reader's last page, else that of the browser."""
    browser = (st.context.locale or "")[:2].lower()
    words = (st.query_params.get("lang"), st.session_state.get("lang"), browser)
    chosen = next((word for word in words if word in texts.LANGUAGES), "en")
    texts.choose_here(chosen)
    st.session_state["lang"] = chosen
    if st.query_params.get("lang") != chosen:
        st.query_params["lang"] = chosen


def language() -> None:
    """A choice of the language."""

    def chosen() -> None:
        put("lang", st.session_state["language"] or texts.language())

    st.session_state["language"] = texts.language()
    st.segmented_control(
        _("Language"), texts.LANGUAGES, key="language", on_change=chosen, label_visibility="collapsed",
        format_func={"en": "English", "fr": "Français"}.__getitem__,
    )  # fmt: skip


def said(name: str, default: str = "") -> str:
    """One word of the address."""
    return st.query_params.get(name, default)


def said_all(name: str) -> tuple[str, ...]:
    """Every value of a word of the address, each once."""
    return tuple(dict.fromkeys(st.query_params.get_all(name)))


def put(name: str, value: str | Sequence[str]) -> None:
    """Write a word into the address; an empty one leaves it out."""
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def choose(name: str, label: str, options: Sequence[T], show: Callable[[T], str], word: Callable[[T], str] = str) -> T:
    """One of the options, by a list to choose from; the first unless the address says another."""
    words = [word(option) for option in options]
    asked = said(name)
    if asked and asked not in words:
        put(name, "")
    key, option = f"choose-{name}", options[words.index(asked) if asked in words else 0]
    if st.session_state.get(key) != option:
        st.session_state[key] = option
    st.selectbox(label, options, format_func=show, key=key, on_change=lambda: put(name, word(st.session_state[key])))
    return option
