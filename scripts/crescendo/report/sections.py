"""The sections of the daily report: each takes what is known and gives figures, a table, or a sentence on why not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from crescendo.ask.texts import _, language
from crescendo.operations import alerts
from crescendo.operations.alerts import Alert
from crescendo.report.facts import STORED, Facts
from crescendo.report.figures import Figure, chosen, figure, number, said, usual

MOST = 12  # figures of one kind that are shown
RECENT = timedelta(days=7)  # a series without a value in these days before is no news
MOVERS, LEAST_BASE, LEAST_DAYS = 10, 30, 14
LATEST = f"""
    select s.series_id, u.name, u.subject_type, m.platform, m.metric, m.kind, max(o.observed_date) as day
    from {STORED}.metrics.fct_observations as o
    inner join {STORED}.metrics.dim_series as s on s.series_id = o.series_id
    inner join {STORED}.metrics.dim_subjects as u on u.subject_id = s.subject_id
    inner join {STORED}.metrics.dim_metrics as m on m.metric_id = s.metric_id
    inner join {STORED}.metrics.platform_completeness as c on c.platform = m.platform
    where m.platform <> 'crescendo' and u.is_primary and not u.is_composed
        and o.observed_date <= least($1, c.complete_through_date)
    group by all"""
PACES = f"""
    with each as ({LATEST}),
    latest as (select * from each qualify day = max(day) over (partition by platform, metric)),
    paces as (
        select l.*, o.observed_date, case
            when l.kind <> 'counter' then o.value
            when o.change_class in ('increase', 'unchanged') then o.change / o.span_days end as pace
        from latest as l
        inner join {STORED}.metrics.fct_observations as o
            on o.series_id = l.series_id and o.observed_date between l.day - 28 and l.day
        where not o.is_outlier
    ),
    compared as (
        select name, subject_type, platform, metric, day,
            list(pace order by observed_date) filter (where observed_date < day and pace is not null) as before,
            max(pace) filter (where observed_date = day) as today
        from paces group by all
    )
    select * from compared
    where today is not null and len(before) >= {LEAST_DAYS} and list_median(before) >= {LEAST_BASE}
    order by abs(ln(greatest(today, 1) / list_median(before))) desc, name, platform, metric
    limit 200"""


@dataclass(frozen=True)
class Table:
    """Rows of texts under headings; `numeric` are the places of columns that are numbers."""

    headings: list[str]
    rows: list[list[str]]
    numeric: tuple[int, ...] = ()


@dataclass
class Section:
    """A part of the report. `key` names it for machines; `more` figures are known and not shown."""

    key: str
    title: str
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    more: int = 0


def figures_of(
    facts: Facts, kinds: list[tuple[str, str, str, Callable[[str], str]]], day: date
) -> tuple[list[Figure], int]:
    """The figures of kinds of series (type, metric, unit, name of a subject) to show, and how many more."""
    found, more = [], 0
    for subject_type, metric, unit, name in kinds:
        some = [
            figure(name(series.subject), series, day, unit)
            for series in facts.series(subject_type, metric)
            if series.history[-1][0] >= day - RECENT
        ]
        shown, left = chosen(some, MOST)
        found += shown
        more += left
    return found, more


def alert_section(known: list[Alert], day: date) -> Section:
    """What was open on the day, what was resolved on it."""
    section = Section("alerts", _("Alerts"))
    until = datetime.combine(day + timedelta(1), datetime.min.time())
    opened = [one for one in known if one.opened_at < until]
    going = [one for one in opened if one.resolved_at is None or one.resolved_at >= until]
    over = [one for one in opened if one not in going and one.resolved_at and one.resolved_at.date() == day]
    ranks = {"critical": _("critical"), "warning": _("warning"), "info": _("info")}
    rows = []
    for one in sorted(going, key=lambda each: (alerts.SEVERITIES.index(each.severity), each.opened_at)):
        text = one.sentence_fr if language() == "fr" else one.sentence_en
        rows.append([ranks[one.severity], text, f"{one.opened_at:%Y-%m-%d %H:%M}", number(one.occurrences, 0)])
    rows += [[_("resolved"), one.sentence_fr if language() == "fr" else one.sentence_en,
              f"{one.resolved_at:%Y-%m-%d %H:%M}", ""] for one in over]  # fmt: skip
    if rows:
        section.tables = [Table([_("severity"), _("what"), _("since (UTC)"), _("times seen")], rows, (3,))]
    else:
        section.notes = [_("No alert was open. `crescendo watch` looks for them.")]
    return section


def run_section(facts: Facts, day: date) -> Section:
    """Every run of the day, and how long they took beside what is usual."""
    section = Section("runs", _("Runs"))
    query = """
        select r.verb, r.started_at, r.outcome, r.seconds, r.error, r.killed_phase,
            max(p.peak_bytes) as peak_bytes, sum(p.cpu_seconds) as cpu_seconds
        from operations.runs as r left join operations.phases as p on p.run_id = r.run_id
        where r.started_at::date = ? group by all order by r.started_at"""
    runs = facts.rows(query, day)
    if not runs:
        section.notes = [_("Nothing ran on this day: no fetch, load, build or publish.")]
    words = {"ok": _("ok"), "failed": _("failed"), "killed": _("killed"), "interrupted": _("interrupted"), None: "…"}
    rows = [
        [
            row["verb"], f"{row['started_at']:%H:%M:%S}", words.get(row["outcome"], str(row["outcome"])),
            said(row["seconds"], "seconds"), said(row["cpu_seconds"], "seconds"), said(row["peak_bytes"], "bytes"),
            _("in phase {phase}", phase=row["killed_phase"]) if row["killed_phase"] else row["error"] or "",
        ]
        for row in runs
    ]  # fmt: skip
    if rows:
        headings = [_("run"), _("began (UTC)"), _("outcome"), _("took"), _("CPU"), _("memory"), _("remark")]
        section.tables = [Table(headings, rows, (3, 4, 5))]
    kinds = [
        ("run", "seconds", "seconds", lambda verb: _("{run}: duration", run=verb)),
        ("phase", "seconds", "seconds", lambda phase: _("{run}: duration", run=phase)),
        ("phase", "peak_bytes", "bytes", lambda phase: _("{run}: memory", run=phase)),
    ]
    section.figures, section.more = figures_of(facts, kinds, day)
    return section


def volume_section(facts: Facts, day: date) -> Section:
    """Files and rows that came, tables and the warehouse as they are."""
    section = Section("volumes", _("Volumes"))
    kinds = [
        ("source", "files", "count", lambda name: _("{name}: files", name=name)),
        ("source", "new_rows", "count", lambda name: _("{name}: new rows", name=name)),
        ("source", "refused_files", "count", lambda _name: _("files refused by the last load")),
        ("table", "new_rows", "count", lambda name: _("{name}: new rows", name=name)),
        ("table", "rows", "count", lambda name: _("{name}: rows", name=name)),
        ("warehouse", "file_bytes", "bytes", lambda _name: _("size of the warehouse")),
        ("warehouse", "disk_free_ratio", "ratio", lambda _name: _("free share of the disk")),
    ]
    section.figures, section.more = figures_of(facts, kinds, day)
    if not section.figures:
        section.notes = [_("Nothing was measured in the week up to this day: `crescendo load` or `crescendo build`.")]
    return section


def request_section(facts: Facts, day: date) -> Section:
    """What the APIs answered."""
    section = Section("requests", _("Requests to sources"))
    kinds = [
        ("endpoint", "requests", "count", lambda name: _("{name}: requests", name=name)),
        ("endpoint", "latency_p95", "milliseconds", lambda name: _("{name}: latency of 95 %", name=name)),
        ("endpoint", "error_ratio", "ratio", lambda name: _("{name}: failed", name=name)),
        ("endpoint", "retry_ratio", "ratio", lambda name: _("{name}: asked again", name=name)),
    ]
    section.figures, section.more = figures_of(facts, kinds, day)
    if not section.figures:
        section.notes = [_("No source was asked in the week up to this day: `crescendo fetch`.")]
    return section


def quality_section(facts: Facts, day: date) -> Section:
    """Completeness, forms, rejects, promises and findings."""
    section = Section("quality", _("Quality"))
    tests = facts.rows(
        """select count(*) as tests, count(*) filter (where status in ('fail', 'error', 'warn')) as broken,
            arg_max(run_id, noted_at) as run_id
        from operations.dbt_nodes where resource_type = 'test' and noted_at::date = ?
            and run_id = (select max(run_id) from operations.dbt_nodes where noted_at::date = ?)""",
        day, day,
    )  # fmt: skip
    if tests and tests[0]["tests"]:
        broken = number(tests[0]["broken"], 0)
        section.notes = [_("{tests} {tests:test|tests} of the last build of the day, {broken} of them not passed.",
                           tests=number(tests[0]["tests"], 0), broken=broken)]  # fmt: skip
    kinds = [
        ("test", "failures", "count", lambda name: _("{name}: rows that break this promise", name=name)),
        ("endpoint", "rejected_ratio", "ratio", lambda name: _("{name}: rejected", name=name)),
        ("endpoint", "duplicate_ratio", "ratio", lambda name: _("{name}: known already", name=name)),
        ("column", "null_ratio", "ratio", lambda name: _("{name}: without a value", name=name)),
        ("column", "valid_ratio", "ratio", lambda name: _("{name}: in its form", name=name)),
        ("finding", "findings", "count", lambda name: _("finding {name}", name=name)),
    ]
    found, more = figures_of(facts, kinds, day)
    # a promise that holds, and a column that is as empty as ever or whole, are no news
    section.figures = [one for one in found if one.is_unusual or _says_something(one)]
    section.more = more + len(found) - len(section.figures)
    if not (section.figures or section.notes):
        all_well = _("Every figure of quality is as usual.")
        section.notes = [all_well if section.more else _("Nothing was checked in the week up to this day.")]
    return section


def _says_something(one: Figure) -> bool:
    """Whether a figure of quality that is not unusual is worth a line."""
    if one.subject_type == "column":
        return one.metric == "valid_ratio" and one.value is not None and one.value < 1
    return bool(one.value)


def freshness_section(facts: Facts, day: date) -> Section:
    """How old the newest row of each table, and the newest complete day of each platform, is."""
    section = Section("freshness", _("Freshness"))
    kinds = [("table", "age_days", "days", lambda name: _("{name}: age of the newest row", name=name))]
    section.figures, section.more = figures_of(facts, kinds, day)
    if facts.has("metrics.platform_completeness"):
        found = facts.rows(
            f"""select platform, complete_through_date as newest from {STORED}.metrics.platform_completeness
            where platform <> 'crescendo' and complete_through_date is not null order by newest, platform"""
        )
        rows = [
            [row["platform"], str(row["newest"]), number((day - row["newest"]).days, 0)]
            for row in found if row["newest"] <= day
        ]  # fmt: skip
        if rows:
            headings = [_("platform"), _("newest complete day"), _("days before")]
            section.tables = [Table(headings, rows, (2,))]
    if not (section.figures or section.tables):
        section.notes = [_("There is no dated row yet: `crescendo build` makes the models.")]
    return section


def mover_section(facts: Facts, day: date) -> Section:
    """The series of the audience whose newest complete day differs most from what is usual for them."""
    section = Section("movers", _("Movers"))
    tables = (
        "metrics.fct_observations",
        "metrics.dim_series",
        "metrics.dim_subjects",
        "metrics.dim_metrics",
        "metrics.platform_completeness",
    )
    if not facts.has(*tables):
        section.notes = [_("The models were never built: `crescendo build` makes them.")]
        return section
    rows = []
    for row in facts.rows(PACES, day):
        low, high = usual(row["before"])
        if low is None or high is None or low <= row["today"] <= high:
            continue
        mark = "▲" if row["today"] > high else "▼"
        rows.append(
            [
                f"{mark} {row['name']}", row["platform"], row["metric"], str(row["day"]), said(row["today"], "count"),
                _("{low} to {high}", low=said(low, "count"), high=said(high, "count")),
            ]
        )  # fmt: skip
    if rows:
        headings = [_("who"), _("platform"), _("metric"), _("day"), _("value or gain of the day"), _("usual range")]
        section.tables = [Table(headings, rows[:MOVERS], (4, 5))]
        section.more = max(0, len(rows) - MOVERS)
    else:
        section.notes = [_("No series left its usual range on the newest complete day of its platform.")]
    return section
