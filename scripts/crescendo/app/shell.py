"""The frame of every page: language, navigation, the warehouse, and plain words if something is amiss."""

from collections.abc import Callable

import duckdb
import streamlit as st

from crescendo.app import audience, films, leads, listening, pipeline, query, state
from crescendo.app.blocks import note
from crescendo.app.look import STYLE
from crescendo.app.safe import safely
from crescendo.app.source import Opened, opened
from crescendo.ask import reasons
from crescendo.ask.texts import _

Page = Callable[[Opened], None]
# address, title in English, what draws it
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("audience", "Audience", audience.page),
    ("films", "Films", films.page),
    ("leads", "Leads", leads.page),
    ("listening", "Listening", listening.page),
    ("pipeline", "Pipeline", pipeline.page),
    ("query", "Query", query.page),
)


def run() -> None:
    """Draw the page of the address."""
    st.set_page_config(page_title="Crescendo", layout="wide", initial_sidebar_state="collapsed")
    state.speak()
    st.html(STYLE)
    pages = [st.Page(_drawn(_(title), page), title=_(title), url_path=path) for path, title, page in PAGES]
    # each page has an address; who gives none sees the first
    _path, title, page = PAGES[0]
    pages.append(st.Page(_drawn(_(title), page), title=_(title), url_path="start", default=True, visibility="hidden"))
    st.navigation(pages, position="top").run()


def _built(connection: duckdb.DuckDBPyConnection) -> bool:
    """Raises CrescendoError if nothing has been built."""
    with reasons.built(connection):
        return True


def _drawn(title: str, page: Page) -> Callable[[], None]:
    def draw() -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            st.title(title, anchor=False)
            with st.container(width="content"):
                state.language()
        with safely():
            warehouse = opened()
            warehouse.kept("built", _built)
            for said in warehouse.notes():
                note(said)
            page(warehouse)

    return draw
