"""What pages are made of: tiles of figures, tables, charts, each with its downloads and its note."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

import streamlit as st

from crescendo.app import files
from crescendo.app.draw import Drawn
from crescendo.ask import texts
from crescendo.ask.outputs import Rows
from crescendo.ask.shown import readable
from crescendo.ask.texts import _
from crescendo.terminal import printable

# rows of a table that a page shows, and of one beside a chart; its files have all
MOST_ROWS, BESIDE = 25, 12
# columns whose texts are in the reader's language already
OURS = ("meaning", "sentence", "severity", "status")


@dataclass(frozen=True)
class Tile:
    """A figure to remember: what it is, how it reads, its unit, and a word on it."""

    what: str
    figure: str
    unit: str = ""
    said: str = ""


def note(said: str) -> None:
    """A sentence beside a figure."""
    st.html(f'<p class="note">{escape(said)}</p>')


def plainly(*sentences: str) -> None:
    """Why there is nothing to see, and what to do."""
    lines = "".join(f"<p>{escape(printable(said, lines=True))}</p>" for said in sentences if said)
    st.html(f'<div class="said-plainly" role="status">{lines}</div>')


def link(said: str, address: str) -> None:
    """A sentence that leads to another page of the app."""
    st.html(f'<p class="note"><a href="{escape(address)}" target="_self">{escape(said)}</a></p>')


def tiles(shown: Sequence[Tile]) -> None:
    """Figures in a row; below each other on a small screen."""
    made = "".join(
        f'<div class="tile"><div class="what">{escape(one.what)}</div><div class="figure">{escape(one.figure)}'
        f' <span class="unit">{escape(one.unit)}</span></div><div class="said">{escape(one.said)}</div></div>'
        for one in shown
    )
    st.html(f'<div class="tiles">{made}</div>')


@dataclass(frozen=True)
class Column:
    """A column of a table: heading, cells as text, whether they are numbers, and the address that each links to.

    is_data: the cells are names, codes or texts of a source, so a browser must not translate them. is_raw: the heading
    is one, too.
    """

    heading: str
    cells: Sequence[str]
    is_number: bool = False
    links: Sequence[str] = ()
    is_data: bool = False
    is_raw: bool = False


def table(columns: Sequence[Column], rows: Rows, name: str, title: str, most: int = MOST_ROWS) -> None:
    """A table for people, and all its rows as CSV and Parquet."""
    count = min(len(columns[0].cells), most) if columns else 0
    heads = "".join(f'<th scope="col"{_kind(one)}{_own(one.is_raw)}>{escape(one.heading)}</th>' for one in columns)
    lines = "".join("<tr>" + "".join(_cell(one, row) for one in columns) + "</tr>" for row in range(count))
    # it scrolls, so it must be reached by keyboard
    st.html(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(title)}"><table class="rows"'
        f' id="{_plain(name)}"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>'
    )
    if len(rows.rows) > count:
        note(
            _(
                "{shown} of {count} {count:row|rows}; the files have all",
                shown=count,
                count=readable("", len(rows.rows)),
            )
        )
    with st.container(horizontal=True, gap="small"):
        _download("CSV", f"{name}.csv", "text/csv", lambda: files.csv(rows))
        _download("Parquet", f"{name}.parquet", "application/octet-stream", lambda: files.parquet(rows))


def listing(
    rows: Rows, shown: Sequence[tuple[str, str]], name: str, title: str, most: int = MOST_ROWS, *, raw: bool = False
) -> None:
    """A table of some columns, each with its heading; figures to the right. The files have all columns.

    raw: texts are shown as they are, not in the reader's language.
    """
    ours = set() if raw else {*OURS, *texts.data("fr")["columns"]}
    columns = []
    for column, heading in shown:
        place = rows.columns.index(column)
        is_text = rows.types[place].startswith(("VARCHAR", "BOOLEAN"))
        cells = [_read(column if column in ours else "", column, row[place]) for row in rows.rows[:most]]
        columns.append(Column(heading, cells, not is_text, is_data=is_text and column not in ours, is_raw=raw))
    table(columns, rows, name, title, most)


def _read(said: str, column: str, value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return texts.of_data(said, value) or "-"
    return readable(column, value)


def figure(drawn: Drawn, name: str) -> None:
    """A chart with a sentence that says the same, and its downloads."""
    st.vega_lite_chart(drawn.spec(), theme=None, width="stretch", alt=drawn.said, key=f"chart-{name}")
    note(drawn.said)
    with st.container(horizontal=True, gap="small"):
        _download("PNG", f"{name}.png", "image/png", lambda: files.png(drawn.chart))
        _download("SVG", f"{name}.svg", "image/svg+xml", lambda: files.svg(drawn.chart))
        _download("CSV", f"{name}-chart.csv", "text/csv", lambda: files.csv(files.rows_of(drawn)))


def _download(label: str, file: str, kind: str, make: Callable[[], bytes]) -> None:
    # made when it is asked for: a picture takes half a second
    st.download_button(
        label, make, file, kind, key=f"file-{file}", on_click="ignore", type="tertiary", icon=":material/download:"
    )


def _kind(column: Column) -> str:
    return ' class="number"' if column.is_number else ""


def _own(is_data: bool) -> str:
    return ' translate="no"' if is_data else ""


def _cell(column: Column, row: int) -> str:
    text = escape(printable(column.cells[row]))
    if column.is_number:
        return f'<td class="number">{text}</td>'
    if column.links:
        text = f'<a href="{escape(column.links[row])}" target="_self">{text}</a>'
    own = _own(column.is_data or bool(column.links))
    return f'<td class="name"{own}><span title="{escape(printable(column.cells[row]))}">{text}</span></td>'


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
