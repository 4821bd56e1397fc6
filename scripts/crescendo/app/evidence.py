"""Where figures come from: what they mean, the rows that they were counted from, how old those are, and their loads.

Every page says it in the same way: `panel` below its figures, `growth` below those of growth, whose rows are anchors.
A panel is closed at first, and queries the warehouse when it is opened.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import streamlit as st

from crescendo.app import blocks, spans, state, subjects
from crescendo.app.blocks import Column
from crescendo.app.draw import Row
from crescendo.app.safe import safely
from crescendo.app.source import Opened
from crescendo.app.subjects import Counted
from crescendo.ask import texts
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Answer
from crescendo.ask.shown import readable
from crescendo.ask.texts import _

METRIC = "select * from metrics.dim_metrics where platform = ? and metric = ?"
TABLE = """
    select comment from duckdb_tables() where schema_name || '.' || table_name = ?
    union all select comment from duckdb_views() where schema_name || '.' || view_name = ?
"""
# the description of a column; if the page computed the figure itself, that of the nearest column with the same name
COLUMNS = """
    select column_name, schema_name || '.' || table_name as place, comment
    from duckdb_columns() where list_contains(?, column_name) and comment is not null and comment <> ''
    order by schema_name || '.' || table_name = ? desc, schema_name = ? desc,
        schema_name in ('staging', 'intermediate') or starts_with(schema_name, 'raw_'), place
"""
LOADS = """
    select
        f._load_id as load_id, l.started_at, f.source, f.document, count(*) as file_count, max(f.path) as example
    from load_audit.files as f inner join load_audit.loads as l on f._load_id = l._load_id
    where f.is_current and f.source = ? group by all order by load_id desc, f.document
"""
# rows that a panel's table and files hold; the page of SQL has all
MOST_ROWS = 1000


@dataclass(frozen=True)
class Behind:
    """What is behind some figures of a page.

    name: of its files; title: what the figures are; table: the model that has them; figures: its columns, each as the
    page calls it; rows: the statement of the rows that they were counted from, with `values`; shown: its columns that
    are shown; source: whose loads brought them, none if they are our own notes; dated: the column with their day.
    """

    name: str
    title: str
    table: str
    figures: Sequence[tuple[str, str]]
    rows: str
    shown: Sequence[tuple[str, str]]
    values: tuple[Hashable, ...] = ()
    source: str = ""
    dated: str = ""


def panel(opened: Opened, behind: Behind) -> None:
    """The evidence of figures that were counted from rows of models."""
    _closed(behind.name, _("Evidence: {what}", what=behind.title), lambda: _behind(opened, behind))


def growth(opened: Opened, rows: list[Row], answer: Answer, of: Counted) -> None:
    """The evidence of rows of growth: each has an anchor at both ends of the window."""
    _closed("growth", _("Evidence: anchors, ages, coverage, loads, definitions"),
            lambda: _grown(opened, rows, answer, of))  # fmt: skip


@st.fragment
def _closed(name: str, title: str, draw: Callable[[], None]) -> None:
    state.speak()  # a fragment that runs alone has a thread of its own
    with st.expander(title, key=f"evidence-{name}", on_change="rerun", type="compact") as shown:
        if shown.open:
            with safely():
                draw()


def _behind(opened: Opened, behind: Behind) -> None:
    described = opened.rows(TABLE, behind.table, behind.table)
    said = texts.definition((described[0]["comment"] or "").strip()) if described else ""
    blocks.note(_("{word}: {meaning}", word=behind.table, meaning=said))
    _definitions(opened, behind.name, behind.table, behind.figures)
    rows = opened.table(f"{behind.rows} limit {MOST_ROWS}", *behind.values)
    if rows.rows:
        blocks.listing(rows, behind.shown, f"{behind.name}-rows", _("Rows behind it"), blocks.BESIDE)
        newest = f", max({behind.dated}) as newest" if behind.dated else ", null as newest"
        [found] = opened.rows(f"select count(*) as row_count{newest} from ({behind.rows})", *behind.values)
        if found["row_count"] > MOST_ROWS:
            blocks.note(_("These are the first of {count} rows.", count=readable("", found["row_count"])))
        blocks.link(_("See these rows on the page of SQL"), _address(behind))
        _age(found["newest"])
    if behind.source:
        _loaded(opened.rows(LOADS, behind.source), behind.name)


def _definitions(opened: Opened, name: str, table: str, figures: Sequence[tuple[str, str]]) -> None:
    """What each figure means, as its model describes the column."""
    known: dict[str, Row] = {}
    for row in opened.rows(COLUMNS, tuple(column for column, _heading in figures), table, table.split(".")[0]):
        known.setdefault(row["column_name"], row)
    kept = [
        (heading, texts.definition(known[column]["comment"].strip()), f"{known[column]['place']}.{column}")
        for column, heading in figures if column in known
    ]  # fmt: skip
    columns = [Column(_("figure"), [row[0] for row in kept]), Column(_("definition"), [row[1] for row in kept]),
               Column(_("column"), [row[2] for row in kept], is_data=True)]  # fmt: skip
    rows = Rows(["figure", "definition", "column"], ["VARCHAR"] * 3, kept)
    blocks.table(columns, rows, f"{name}-definitions", _("Definitions"))


def _address(behind: Behind) -> str:
    """Of the page of SQL with the statement of the rows, its values written out."""
    parts = behind.rows.strip().split("?")
    said = "".join(part + _literal(value) for part, value in zip(parts, behind.values, strict=False)) + parts[-1]
    return "query?" + urlencode({"lang": texts.language(), "sql": said})


def _literal(value: Hashable) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _age(newest: date | None) -> None:
    """The age of the newest of all rows, also of those that the panel leaves out."""
    if newest is None:
        return
    day = newest.date() if isinstance(newest, datetime) else newest
    age = (datetime.now(tz=UTC).date() - day).days
    blocks.note(_("Newest of them: {day}, {age} {age:day|days} old.", day=spans.day(day), age=readable("", age)))


def _grown(opened: Opened, rows: list[Row], answer: Answer, of: Counted) -> None:
    _anchors(rows, of)
    complete: date | None = answer.complete.get(of.platform)
    blocks.note(
        _("Complete through {day}: nine in ten series have reported it.", day=spans.day(complete))
        if complete else _("No day of {platform} is complete.", platform=of.platform_name)
    )  # fmt: skip
    _definition(opened, of)
    _definitions(opened, "growth", "metrics.growth_windows", [
        ("growth", _("growth")), ("growth_pct", _("growth %")), ("period_change_pct", _("gain vs before %")),
        ("coverage_ratio", _("observed")), ("average_per_observed_day", _("average a day")),
    ])  # fmt: skip
    _loaded(subjects.loads(opened, tuple(row["subject_id"] for row in rows)), "growth")


def _anchors(rows: list[Row], of: Counted) -> None:
    unit = f" ({of.unit})"
    columns = [
        Column(_("name"), [row["name"] for row in rows], is_data=True),
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
            "{name}: a {kind}, counted in {unit}, expected every {cadence} {cadence:day|days}; a value older"
            " than {age} {age:day|days} is no"
            " anchor, and a percent needs a base of {base}.",
            name=of.said, kind=_(metric["kind"]), unit=of.unit,
            cadence=_n(metric["cadence_days"]), age=_n(metric["max_age_days"]), base=_n(metric["min_base"]),
        )
    )  # fmt: skip
    blocks.note(_("Growth is the value at the end less the value at the start, after docs/method.md, section 4."))


def _loaded(rows: list[Row], name: str) -> None:
    if not rows:
        return
    columns = [
        Column(_("load"), [f"{row['load_id']} ({row['started_at']:%Y-%m-%d %H:%M} UTC)" for row in rows]),
        Column(_("source"), [row["source"] for row in rows], is_data=True),
        Column(_("document"), [row["document"] or "-" for row in rows], is_data=True),
        Column(_("files"), [_n(row["file_count"]) for row in rows], True),
        Column(_("for example"), [row["example"].rsplit("/", 1)[-1] for row in rows], is_data=True),
    ]
    names = list(rows[0])
    kept = [tuple(_text(row[name]) for name in names) for row in rows]
    blocks.table(columns, Rows(names, ["VARCHAR"] * len(names), kept), f"{name}-loads", _("Loads"), blocks.BESIDE)
