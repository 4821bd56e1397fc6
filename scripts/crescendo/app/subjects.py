"""What is known of subjects: their names, what is counted of them, their course day by day, and where it came from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crescendo.app.draw import Row
from crescendo.app.source import Opened
from crescendo.ask import texts
from crescendo.ask.texts import _
from crescendo.ask.windows import Window

# what we measure of ourselves is on the page of the pipeline
OWN = "crescendo"
SUBJECTS = "select subject_id, subject_type, name from metrics.dim_subjects where list_contains(?, subject_id)"
COUNTED = """
    select m.platform, p.platform_name, m.metric, m.unit
    from intermediate.int_series_grouped as g
    inner join metrics.dim_series as s using (series_id)
    inner join metrics.dim_metrics as m using (metric_id)
    inner join metrics.dim_platforms as p on m.platform = p.platform
    where (len($ids) = 0 or list_contains($ids, g.subject)) and m.platform <> $own
    group by 1, 2, 3, 4 order by (m.metric = 'streams') desc, count(*) desc, m.platform, m.metric
"""
# the metrics of a warehouse that counts nothing but itself
SERIES = """
    select s.series_id, s.subject_id, m.cadence_days, c.complete_through_date
    from metrics.dim_series as s
    inner join metrics.dim_metrics as m using (metric_id)
    left join metrics.platform_completeness as c on m.platform = c.platform
    where list_contains(?, s.subject_id) and m.platform = ? and m.metric = ?
"""
DAYS = """
    select series_id, observed_date, value, span_days, change_class
    from metrics.fct_observations
    where series_id in ({series}) and observed_date between ? and ? order by series_id, observed_date
"""
# the pages and reports that tell of songs and artists, by the rows that a file brought
ROWS = """
    select _row_id from staging.stg_soundcharts__report_songs where list_contains($ids, 'song:' || song_id)
    union select _row_id from staging.stg_soundcharts__song_audience_pages
    where list_contains($ids, 'song:' || asked_uuid)
    union select _row_id from staging.stg_soundcharts__artist_pages where list_contains($ids, 'artist:' || artist_id)
"""
LOADS = f"""
    with members as (
        select unnest($ids) as id
        union select subject_id from intermediate.int_memberships_received where list_contains($ids, group_id)
    )
    select
        f._load_id as load_id, l.started_at, f.source, f.document,
        count(distinct f._file_id) as file_count, max(f.path) as example
    from ({ROWS.replace("$ids", "(select list(id) from members)")}) as r
    inner join load_audit.file_records as fr using (_row_id)
    inner join load_audit.files as f on fr._file_id = f._file_id
    inner join load_audit.loads as l on f._load_id = l._load_id
    group by all order by load_id desc, f.document
"""
EVERY_LOAD = """
    select
        f._load_id as load_id, l.started_at, f.source, f.document, count(*) as file_count, max(f.path) as example
    from load_audit.files as f inner join load_audit.loads as l on f._load_id = l._load_id
    where f.is_current group by all order by load_id desc, f.source, f.document
"""


@dataclass(frozen=True)
class Subject:
    """What is counted: its id, type and name."""

    subject_id: str
    subject_type: str
    name: str


@dataclass(frozen=True)
class Counted:
    """A metric of a platform; its unit as the reader calls it."""

    platform: str
    platform_name: str
    metric: str
    unit: str

    @property
    def word(self) -> str:
        """As the address says it."""
        return f"{self.platform}:{self.metric}"

    @property
    def said(self) -> str:
        """As people say it."""
        return f"{self.platform_name} · {texts.of_data('metric', self.metric).replace('_', ' ')}"


def named(opened: Opened, ids: tuple[str, ...]) -> list[Subject]:
    """The subjects of these ids, in their order; those that are not there are left out."""
    rows = opened.rows(SUBJECTS, ids) if ids else []
    found = {row["subject_id"]: Subject(**row) for row in rows}
    platforms = opened.rows("select platform, platform_name from metrics.dim_platforms")
    found |= {
        f"platform:{p['platform']}": Subject(f"platform:{p['platform']}", "platform", p["platform_name"])
        for p in platforms
    }
    return [found[one] for one in ids if one in found]


def counted(opened: Opened, ids: tuple[str, ...] = ()) -> list[Counted]:
    """What is counted of the subjects, or of all; streams first, then what most series count."""

    def make(connection: duckdb.DuckDBPyConnection) -> list[Counted]:
        found = connection.execute(COUNTED, {"ids": list(ids), "own": OWN}).fetchall()
        return [Counted(row[0], row[1], row[2], texts.of_data("unit", row[3]).replace("_", " ")) for row in found]

    return opened.kept(("counted", ids), make)


def course(opened: Opened, subjects: list[Subject], of: Counted, ranges: list[tuple[str, Window]]) -> list[Row]:
    """The values of each day of the ranges, a row a day: `segment` changes after a gap, `mark` is what is of note."""
    series = opened.rows(SERIES, tuple(one.subject_id for one in subjects), of.platform, of.metric)
    if not series:
        return []
    listed = ", ".join(str(row["series_id"]) for row in series)
    known, names = {row["series_id"]: row for row in series}, {one.subject_id: one.name for one in subjects}
    made: list[Row] = []
    for said, window in ranges:
        days = opened.rows(DAYS.format(series=listed), window.start, window.end)
        made += _segments(days, known, names, said)
    return made


def _segments(days: list[Row], known: dict[int, Row], names: dict[str, str], said: str) -> list[Row]:
    made: list[Row] = []
    segment, before = 0, None
    for day in days:
        of = known[day["series_id"]]
        is_gap = (day["span_days"] or 1) > of["cadence_days"] or before != day["series_id"]
        segment += is_gap and day["change_class"] != "outlier"
        mark = _mark(day, of["complete_through_date"])
        made.append(
            {"name": names[of["subject_id"]], "range": said, "date": day["observed_date"], "value": day["value"],
             "segment": f"{said} {segment}", "mark": mark, "said": _(mark) if mark else "", "alone": False}
        )  # fmt: skip
        before = day["series_id"]
    sizes: dict[str, int] = {}
    for row in made:
        sizes[row["segment"]] = sizes.get(row["segment"], 0) + (row["mark"] != "outlier")
    for row in made:
        row["alone"] = sizes[row["segment"]] == 1
    return made


def _mark(day: Row, complete: date | None) -> str:
    if day["change_class"] in ("outlier", "restatement", "reset", "relinked", "correction"):
        return str(day["change_class"])
    return "late" if complete and day["observed_date"] > complete else ""


def loads(opened: Opened, ids: tuple[str, ...]) -> list[Row]:
    """The loads that brought what is known of subjects; all that count, if the subject's own cannot be told."""

    def make(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        for sql, values in ((LOADS, {"ids": list(ids)}), (EVERY_LOAD, {})):
            try:
                found = connection.execute(sql, values)
            except duckdb.CatalogException:  # of another domain alone
                continue
            columns = [column[0] for column in found.description]
            if rows := found.fetchall():
                return [dict(zip(columns, row, strict=True)) for row in rows]
        return []

    return opened.kept(("loads", ids), make)
