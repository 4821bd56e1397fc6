"""Lists that answer in a screen: the metrics that are there, subjects by a text, and what the last load changed."""

from dataclasses import dataclass, field, replace

import duckdb

from crescendo.ask import names
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Question
from crescendo.ask.reasons import built, column, known_word
from crescendo.ask.shown import readable, title
from crescendo.ask.tables import Column
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

# rows of each list in `changes`, so that all four fit a terminal of 24 lines; and with --all
FEW, MANY = 3, 50
METRICS = """
select
    m.metric_id, m.platform, m.metric, m.kind, m.unit, count(*) as series_count,
    min(s.first_date) as first_date, max(s.last_date) as last_date, any_value(c.complete_through_date)
        as complete_through_date
from metrics.dim_metrics as m
inner join metrics.dim_series as s on m.metric_id = s.metric_id
left join metrics.platform_completeness as c on m.platform = c.platform
group by all order by series_count desc, m.platform, m.metric
"""
LOADS = """
select
    l._load_id as load_id, l.started_at, f.source, coalesce(f.document, f.status) as document, count(*) as file_count,
    cast(sum(f.records_loaded) as bigint) as records_loaded,
    cast(sum(f.records_duplicate) as bigint) as records_duplicate,
    cast(sum(f.records_rejected) as bigint) as records_rejected
from load_audit.loads as l inner join load_audit.files as f on l._load_id = f._load_id
where l._load_id = (select max(_load_id) from load_audit.files)
group by all order by records_loaded desc, f.source, 4
"""
NEW_SERIES = """
select m.platform, m.metric, count(*) as series_count, max(s.first_date) as first_date
from metrics.dim_series as s inner join metrics.dim_metrics as m on s.metric_id = m.metric_id
inner join metrics.platform_completeness as c on m.platform = c.platform
where s.first_date > c.complete_through_date - 7
group by all order by series_count desc, m.platform, m.metric
"""
RESTATED = """
select name, metric_id, observed_date, older_value, newer_value, restated_pct
from metrics.restatements
-- an artist's places would fill the list
where counted = '(account)' or subject_id not like 'artist:%'
order by observed_date desc, abs(restated_pct) desc nulls last, name limit ?
"""


@dataclass(frozen=True)
class Listed:
    """A list: its rows with their types, the columns shown of them with headings and ranks, and its title."""

    title: str
    rows: Rows
    shown: list[tuple[str, str, int]]
    footers: list[str] = field(default_factory=list)

    def cells(self, most: int | None = None) -> list[Column]:
        """The shown columns of all rows, or of the first, as texts."""
        made = []
        for name, heading, rank in self.shown:
            place = self.rows.columns.index(name)
            values = [row[place] for row in self.rows.rows[:most]]
            is_text = self.rows.types[place] == "VARCHAR"
            whole = [readable(name, value) for value in values]
            short = [] if is_text or name.endswith("_date") else [readable(name, v, short=True) for v in values]
            made.append(Column(_(heading), whole, is_text, rank, short, name in ("subject_id", "identifier")))
        return made if self.rows.rows else []


def metrics(platform: str = "") -> Listed:
    """What is counted on each platform, of how many series, and from when to when."""
    with built() as connection:
        rows = _rows(connection, METRICS, [])
    if not rows.rows:
        raise CrescendoError(
            _("there are no observations yet: load files with `crescendo load`, then `crescendo build`")
        )
    if platform:
        platform = known_word("platform", platform, sorted({row[1] for row in rows.rows}))
        rows = replace(rows, rows=[row for row in rows.rows if row[1] == platform])
    said = _(
        "{count} {count:metric|metrics} on {platforms} {platforms:platform|platforms}",
        count=len(rows.rows),
        platforms=len({r[1] for r in rows.rows}),
    )
    if platform:
        said = _("{count} {count:metric|metrics} on {platform}", count=len(rows.rows), platform=platform)
    return Listed(
        said,
        rows,
        [("platform", "platform", 0), ("metric", "metric", 0), ("kind", "kind", 4), ("unit", "unit", 6),
         ("series_count", "series", 0), ("first_date", "first day", 5), ("last_date", "last day", 3),
         ("complete_through_date", "complete through", 2)],
    )  # fmt: skip


def found(text: str, kind: str = "", limit: int = 20) -> Listed:
    """Subjects that a text names, the best first. Raises CrescendoError with the closest names if there are none."""
    if not text.strip():
        raise CrescendoError(_("a name is empty: leave it out, or type a part of it"))
    with built() as connection:
        if kind:
            known = column(
                connection, "select distinct subject_type from metrics.dim_subjects union select 'platform' order by 1"
            )
            kind = known_word("type", kind, known)
        subjects = names.find(connection, text, kind)
        if not subjects:
            raise names.unknown(connection, text, kind)
        groups = names.groups(connection, [one.subject_id for one in subjects[:limit]])
    columns = ["subject_id", "subject_type", "name", "groups", "identifier"]
    rows = [
        (one.subject_id, one.subject_type, one.name, groups.get(one.subject_id, ""), one.identifier)
        for one in subjects[:limit]
    ]
    shown = [("name", "name", 0), ("subject_type", "type", 0), ("identifier", "identifier", 0),
             ("groups", "belongs to", 2), ("subject_id", "id", 1)]  # fmt: skip
    if not any(one.identifier for one in subjects[:limit]):
        del shown[2]
    said = _("{count} named {text}", count=len(subjects), text=repr(text))
    if subjects[0].rank == names.NEAR:
        said = _("no name matches {text}; these are close", text=repr(text))
    footers = []
    if len(subjects) > limit:
        footers = [_("{count} more; --top {all} shows them", count=len(subjects) - limit, all=len(subjects))]
    return Listed(
        said,
        Rows(columns, ["VARCHAR"] * len(columns), rows),
        shown,
        footers,
    )


def changes(few: int = FEW) -> list[Listed]:
    """What the last load brought, which series are new this week, what was restated, and whose pace changed most.

    The first rows of each.
    """
    with built() as connection:
        loads = _rows(connection, LOADS, [])
        new = _rows(connection, NEW_SERIES, [])
        restated = _rows(connection, RESTATED, [few])
    when = loads.rows[0][1] if loads.rows else None
    loaded = _("Load {number} of {when} UTC", number=loads.rows[0][0], when=f"{when:%Y-%m-%d %H:%M}") if when else ""
    return [
        Listed(
            loaded or _("Nothing was loaded"),
            Rows(loads.columns, loads.types, loads.rows[:few]),
            [("source", "source", 3), ("document", "document", 0), ("file_count", "files", 0),
             ("records_loaded", "loaded", 0), ("records_duplicate", "duplicate", 1),
             ("records_rejected", "rejected", 0)],
        ),
        Listed(
            _("New series of the last 7 complete days") if new.rows else _("No new series in the last 7 complete days"),
            Rows(new.columns, new.types, new.rows[:few]),
            [("platform", "platform", 0), ("metric", "metric", 0), ("series_count", "series", 0),
             ("first_date", "newest since", 1)],
        ),
        Listed(
            _("Newest restatements") if restated.rows else _("Nothing was restated between versions"),
            restated,
            [("name", "name", 0), ("metric_id", "metric", 2), ("observed_date", "from", 1), ("older_value", "older", 0),
             ("newer_value", "newer", 0), ("restated_pct", "change %", 0)],
        ),
        _movers(few),
    ]  # fmt: skip


def _movers(few: int) -> Listed:
    """Subjects whose gain of the last week differs most from the week before, of those whose percent may be quoted."""
    from crescendo.ask.answers import ask  # `find` and `metrics` need not wait for it

    answer = ask(Question("growth", last="7d", sort="period_change_pct"))
    place = answer.columns.index("status"), answer.columns.index("period_change_pct")
    sound = [row for row in answer.rows if row[place[0]] == "ok" and row[place[1]] is not None]
    first = sorted(sound, key=lambda row: -abs(row[place[1]]))[:few]
    return Listed(
        _("Whose pace changed most: {title}", title=title(replace(answer, rows=first))) if first else _("No movers"),
        Rows(answer.columns, answer.types, first),
        [("name", "name", 0), ("platform", "platform", 2), ("growth", "growth", 0), ("growth_pct", "growth %", 1),
         ("period_change_pct", "gain vs before %", 0)],
    )  # fmt: skip


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: list) -> Rows:
    result = connection.execute(sql, values)
    columns, types = zip(*((column[0], str(column[1])) for column in result.description), strict=True)
    return Rows(list(columns), list(types), result.fetchall())
