"""The page of SQL: one statement that reads, its rows as a table and a chart, and the catalogue at hand."""

import threading
from typing import Any

import duckdb
import streamlit as st

from crescendo.app import blocks, draw, state
from crescendo.app.draw import Drawn
from crescendo.app.pictures import short, unique
from crescendo.app.source import Opened, dicts
from crescendo.ask.outputs import Rows
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

FIRST = """from metrics.song_growth('2025-03-31', '2025-04-30')
select name, artist_credit, growth, growth_pct, status
where metric = 'streams' and platform = 'spotify'
order by growth desc nulls last limit 20"""
# rows that a page and its files hold, seconds that a statement may take, and bars of a chart
MOST_ROWS, MOST_SECONDS, BARS = 10_000, 20.0, 20
READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
TABLES = """
    select
        t.schema_name || '.' || t.name as table_name, t.kind,
        (select string_agg(c.column_name, ', ' order by c.column_index) from duckdb_columns() as c
            where c.schema_name = t.schema_name and c.table_name = t.name) as columns
    from (
        select schema_name, table_name as name, 'table' as kind from duckdb_tables()
        union all select schema_name, view_name, 'view' from duckdb_views() where not internal
    ) as t
    where not starts_with(t.schema_name, 'raw_') and t.schema_name not in ('staging', 'intermediate', 'seeds')
    union all
    select schema_name || '.' || function_name, 'function', array_to_string(parameters, ', ')
    from duckdb_functions() where function_type = 'table_macro' and not internal and schema_name = 'metrics'
    order by all
"""


def page(opened: Opened) -> None:
    """A statement and its rows."""
    asked = state.said("sql", FIRST)
    if st.session_state.get("sql") is None or st.session_state.get("sql-said") != asked:
        st.session_state["sql"] = st.session_state["sql-said"] = asked
    with st.form("query", border=False):
        st.text_area(_("SQL, to read only"), key="sql", height=170)
        if st.form_submit_button(_("Run"), type="primary"):
            st.session_state["sql-said"] = st.session_state["sql"]
            state.put("sql", st.session_state["sql"])
    try:
        rows = opened.kept(("sql", st.session_state["sql-said"]), lambda c: run(c, st.session_state["sql-said"]))
    except CrescendoError as error:
        blocks.plainly(str(error))
    else:
        _shown(rows)
    _catalogue(opened)


def run(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    """The first rows of one statement that reads. Raises CrescendoError for any other, and for one that is too slow."""
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise CrescendoError(_first_line(error)) from None
    if len(statements) != 1:
        raise CrescendoError(_("type one statement; this is {count}", count=len(statements)))
    if statements[0].type not in READING:
        raise CrescendoError(_("this page only reads: type a select, not {kind}", kind=statements[0].type.name.lower()))
    watch = threading.Timer(MOST_SECONDS, connection.interrupt)
    watch.start()
    try:
        found = connection.execute(statements[0])
        columns, types = zip(*((column[0], str(column[1])) for column in found.description), strict=True)
        return Rows(list(columns), list(types), found.fetchmany(MOST_ROWS))
    except duckdb.InterruptException:
        raise CrescendoError(
            _("this took more than {seconds} seconds: ask for less", seconds=int(MOST_SECONDS))
        ) from None
    except duckdb.Error as error:
        raise CrescendoError(_first_line(error)) from None
    finally:
        watch.cancel()


def _first_line(error: duckdb.Error) -> str:
    """What DuckDB says, with the place in the statement."""
    return "\n".join(line for line in str(error).splitlines() if line.strip())


def _shown(rows: Rows) -> None:
    if not rows.rows:
        blocks.plainly(_("no row answers this"))
        return
    unlike = len(set(rows.columns)) == len(rows.columns)
    listed = [(column, column) for column in rows.columns]
    kept = rows if unlike else Rows([f"{n}_{c}" for n, c in enumerate(rows.columns)], rows.types, rows.rows)
    blocks.listing(kept, listed if unlike else [(c, c) for c in kept.columns], "answer", _("Answer"), raw=True)
    if len(rows.rows) == MOST_ROWS:
        blocks.note(_("the first {count} rows", count=MOST_ROWS))
    if drawn := chart(kept):
        blocks.figure(drawn, "answer")


def chart(rows: Rows) -> Drawn | None:
    """The first figures over the first days, else by the first texts; None if there are none."""
    places: dict[str, str] = {}
    for column, kind in zip(rows.columns, rows.types, strict=True):
        numeric = kind.startswith(("DOUBLE", "FLOAT", "DECIMAL")) or "INT" in kind
        what = "day" if kind in ("DATE", "TIMESTAMP") else "figure" if numeric else "text" if kind == "VARCHAR" else ""
        places.setdefault(what, column)
    if "figure" not in places or len(rows.rows) < 2:
        return None
    figure = places["figure"]
    known: list[dict[str, Any]] = [row for row in dicts(rows) if row[figure] is not None]
    if "day" in places:
        made = [{"step": str(row[places["day"]]), "name": figure, "value": float(row[figure])} for row in known]
        said = _("{figure} by {column}.", figure=figure, column=places["day"])
        return draw.line(sorted(made, key=lambda row: row["step"]), figure, said)
    if "text" in places:
        names = unique([short(str(row[places["text"]])) for row in known[:BARS]])
        bars = [{"name": name, "value": float(row[figure])} for name, row in zip(names, known[:BARS], strict=True)]
        return draw.bars(bars, figure, _("{figure} by {column}.", figure=figure, column=places["text"]))
    return None


def _catalogue(opened: Opened) -> None:
    with st.expander(_("Catalogue: what can be asked")):
        rows = opened.table(TABLES)
        listed = [("table_name", _("name")), ("kind", _("kind")), ("columns", _("columns, or parameters"))]
        blocks.listing(rows, listed, "catalogue", _("Catalogue"), 200, raw=True)
