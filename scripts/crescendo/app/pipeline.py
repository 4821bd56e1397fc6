"""The page of the pipeline: its runs, volumes, quality, freshness, alerts and latency."""

from pathlib import Path

import duckdb
import streamlit as st

from crescendo.app import blocks, draw, evidence
from crescendo.app.blocks import Tile
from crescendo.app.evidence import Behind
from crescendo.app.source import Opened, dicts
from crescendo.ask import texts
from crescendo.ask.outputs import Rows
from crescendo.ask.shown import readable
from crescendo.ask.texts import _, language
from crescendo.operations import alerts

RUNS = """
    select
        run_started_at, verb, coalesce(run_outcome, '-') as run_outcome, run_seconds, extract_seconds, load_seconds,
        transform_seconds, test_seconds, cpu_seconds, peak_bytes / 1e6 as peak_megabytes, row_count, run_id
    from operations.fct_runs order by run_started_at desc
"""
# what each phase of the newest runs took
PHASES = """
    select strftime(r.started_at, '%Y-%m-%d %H:%M') || ' ' || r.verb as run, p.phase, sum(p.seconds) as seconds
    from operations.phases as p inner join operations.runs as r on p.run_id = r.run_id
    where r.run_id in (select run_id from operations.runs order by started_at desc limit 12)
    group by r.started_at, r.verb, p.phase order by r.started_at, p.phase
"""
VOLUMES = """
    select table_name, max_by(row_count, noted_at) as row_count, max_by(new_row_count, noted_at) as new_row_count,
        max_by(bytes, noted_at) as byte_count, max(newest_date) as newest_date, max(noted_at) as noted_at
    from operations.tables group by table_name order by row_count desc
"""
# what was measured, noted or found, row by row
ROWS = {
    "observations": """
        select m.platform, m.metric, s.subject_id, s.first_date, s.last_date, s.observation_count
        from metrics.dim_series as s inner join metrics.dim_metrics as m on s.metric_id = m.metric_id
        order by s.observation_count desc, s.series_id
    """,
    # a recording of several songs would count twice
    "freshness": """
        select m.platform, m.metric, s.subject_id, s.first_date, s.last_date, s.observation_count
        from metrics.dim_series as s inner join metrics.dim_metrics as m on s.metric_id = m.metric_id
        left join metrics.dim_subjects as d on s.subject_id = d.subject_id
        where m.platform <> 'crescendo' and not coalesce(d.is_composed, false)
        order by m.platform, s.last_date, s.series_id
    """,
    "runs": """
        select r.started_at, r.verb, p.phase, p.seconds, p.cpu_seconds, p.peak_bytes, p.row_count, r.outcome, r.error,
            p.run_id
        from operations.phases as p inner join operations.runs as r on p.run_id = r.run_id
        order by r.started_at desc, p.noted_at
    """,
    "volumes": "select * from operations.tables order by noted_at desc, row_count desc nulls last",
    "findings": "select * from quality.fct_findings order by finding_kind, last_found_date desc nulls last, record_id",
    "files": """
        select f._load_id as load_id, l.started_at, f.source, f.document, f.path, f.status, f.records_in,
            f.records_loaded, f.records_duplicate, f.records_rejected, f.reason
        from load_audit.files as f inner join load_audit.loads as l on f._load_id = l._load_id
        where f.is_current order by f.records_rejected desc, l.started_at desc, f.path
    """,
    "latency": "select * from operations.requests order by noted_at desc, latency_p95 desc nulls last",
    "slowest": """
        select noted_at, node, resource_type, status as outcome, seconds, failures, message
        from operations.dbt_nodes order by noted_at desc, seconds desc nulls last
    """,
}
FINDINGS = """
    select f.finding_kind, sum(f.finding_count) as finding_count, k.is_set_aside, any_value(f.example) as example,
        any_value({meaning}) as meaning
    from quality.fct_findings as f left join seeds.finding_kinds as k on f.finding_kind = k.finding_kind
    group by f.finding_kind, k.is_set_aside order by finding_count desc
"""
REJECTED = """
    select
        f.source, f.document, count(*) as file_count, sum(f.records_in) as records_in,
        sum(f.records_loaded) as records_loaded, sum(f.records_duplicate) as records_duplicate,
        sum(f.records_rejected) as records_rejected
    from load_audit.files as f where f.is_current group by f.source, f.document order by records_in desc nulls last
"""
FRESHNESS = """
    select platform, complete_through_date, last_date, series_count, complete_series_count
    from metrics.platform_completeness where platform <> 'crescendo' order by complete_through_date, platform
"""
LATENCY = """
    select
        source, endpoint, sum(request_count) as request_count, sum(failed_count) as failed_count,
        sum(retry_count) as retry_count, 1000 * max(latency_p50) as p50, 1000 * max(latency_p95) as p95,
        1000 * max(latency_p99) as p99, max(noted_at) as noted_at
    from operations.requests group by source, endpoint order by p95 desc nulls last
"""
SLOW = """
    select string_split(node, '.')[-1] as node, resource_type, status as node_status, seconds
    from operations.dbt_nodes where run_id = (select max_by(run_id, noted_at) from operations.dbt_nodes)
    order by seconds desc nulls last limit 50
"""


def page(opened: Opened) -> None:
    """What happened, and what to look at."""
    _tiles(opened)
    _alerts(opened)
    _runs(opened)
    _table(opened, _("Volumes"), VOLUMES, "volumes",
           [("table_name", _("table")), ("row_count", _("rows")), ("new_row_count", _("new rows")),
            ("byte_count", _("bytes")), ("noted_at", _("noted at (UTC)"))],
           _("no volume was noted yet: the next `crescendo build` notes it"))  # fmt: skip
    meaning = "k.meaning_fr" if language() == "fr" else "k.meaning"
    _table(opened, _("Quality"), FINDINGS.format(meaning=meaning), "findings",
           [("finding_kind", _("finding")), ("finding_count", _("rows")), ("is_set_aside", _("set aside")),
            ("meaning", _("meaning"))], _("nothing was found amiss in the data"))  # fmt: skip
    _table(opened, _("Files"), REJECTED, "files",
           [("source", _("source")), ("document", _("document")), ("file_count", _("files")),
            ("records_in", _("records")), ("records_loaded", _("loaded")), ("records_duplicate", _("duplicate")),
            ("records_rejected", _("rejected"))], _("Nothing was loaded"))  # fmt: skip
    _table(opened, _("Freshness"), FRESHNESS, "freshness",
           [("platform", _("platform")), ("complete_through_date", _("complete through")), ("last_date", _("last day")),
            ("series_count", _("series")), ("complete_series_count", _("of them complete"))],
           _("no platform has reported yet"))  # fmt: skip
    _table(opened, _("Latency of requests"), LATENCY, "latency",
           [("source", _("source")), ("endpoint", _("endpoint")), ("request_count", _("requests")),
            ("failed_count", _("failed")), ("retry_count", _("retried")), ("p50", _("half within (ms)")),
            ("p95", _("95 % within (ms)")), ("p99", _("99 % within (ms)"))],
           _("no request was made yet: `crescendo fetch` notes them"))  # fmt: skip
    _table(opened, _("Slowest models and tests of the last build"), SLOW, "slowest",
           [("node", _("model or test")), ("resource_type", _("type")), ("node_status", _("status")),
            ("seconds", _("seconds"))], _("no build was noted yet"))  # fmt: skip


def _tiles(opened: Opened) -> None:
    runs = _found(opened, RUNS)
    last = dicts(runs)[0] if runs and runs.rows else None
    began = f"{last['run_started_at']:%Y-%m-%d %H:%M} UTC" if last else ""
    open_ones = [one for one in _known(opened) if one.state != "resolved"]
    findings = _found(opened, "select sum(finding_count) as found from quality.fct_findings")
    rows = _found(opened, "select count(*) as observation_count from metrics.fct_observations")
    blocks.tiles(
        [
            Tile(_("last run"), last["verb"] if last else "-", "", began),
            Tile(_("open alerts"), readable("", len(open_ones)), "",
                 _("of them critical: {count}", count=sum(one.severity == "critical" for one in open_ones))),
            Tile(_("findings"), readable("", (findings.rows[0][0] or 0) if findings else None), _("rows")),
            Tile(_("observations"), readable("", rows.rows[0][0] if rows else None)),
        ]
    )  # fmt: skip
    if rows:
        _behind(opened, "observations", _("observations").capitalize(), [("observation_count", _("observations"))])


def _found(opened: Opened, sql: str) -> Rows | None:
    """The rows of a statement; None if the warehouse lacks what it reads, as one of a domain alone may."""
    try:
        return opened.table(sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def _known(opened: Opened) -> list[alerts.Alert]:
    return opened.kept("alerts", lambda _connection: alerts.current(Path(opened.stamp[0])))


def _alerts(opened: Opened) -> None:
    st.header(_("Alerts"), anchor=False)
    known = [one for one in _known(opened) if one.state != "resolved"]
    if not known:
        blocks.note(_("No alert is open. `crescendo watch` judges the last runs and the newest days."))
        return
    said = [one.sentence_fr if language() == "fr" else one.sentence_en for one in known]
    kept = [
        (_(one.severity), text, one.opened_at, one.occurrences, one.told_to)
        for one, text in zip(known, said, strict=True)
    ]
    rows = Rows(["severity", "sentence", "opened_at", "occurrences", "told_to"],
                ["VARCHAR", "VARCHAR", "TIMESTAMP", "BIGINT", "VARCHAR"], kept)  # fmt: skip
    listed = [("severity", _("severity")), ("sentence", _("alert")), ("opened_at", _("since (UTC)")),
              ("occurrences", _("seen"))]  # fmt: skip
    blocks.listing(rows, listed, "alerts", _("Alerts"))


def _runs(opened: Opened) -> None:
    listed = [("run_started_at", _("started at (UTC)")), ("verb", _("run")), ("run_outcome", _("outcome")),
              ("run_seconds", _("seconds")), ("transform_seconds", _("of them transforming")),
              ("cpu_seconds", _("seconds of processor")), ("peak_megabytes", _("memory (MB)")),
              ("row_count", _("rows"))]  # fmt: skip
    _table(opened, _("Runs"), RUNS, "runs", listed, _("no run was noted yet: the next `crescendo build` notes itself"))
    phases = _found(opened, PHASES)
    if phases and phases.rows:
        rows = [
            {"step": row["run"], "name": texts.of_data("phase", row["phase"]), "value": round(row["seconds"] or 0, 2),
             "rank": 0} for row in dicts(phases)
        ]  # fmt: skip
        blocks.figure(draw.stacked(rows, _("seconds"), _("What the phases of the newest runs took.")), "phases")


def _table(opened: Opened, title: str, sql: str, name: str, listed: list[tuple[str, str]], nothing: str) -> None:
    st.header(title, anchor=False)
    rows = _found(opened, sql)
    if rows and rows.rows:
        blocks.listing(rows, listed, name, title, blocks.BESIDE)
        _behind(opened, name, title, listed)
    else:
        blocks.note(nothing)


# of each part: the model that has the figures, the column with a row's day, and what this page calls otherwise
MODELS = {
    "observations": ("metrics.dim_series", "last_date", {}),
    "runs": ("operations.fct_runs", "started_at", {"peak_megabytes": "peak_bytes"}),
    "volumes": ("operations.tables", "noted_at", {"byte_count": "bytes"}),
    "findings": ("quality.fct_findings", "last_found_date", {"meaning": ""}),
    "files": ("load_audit.files", "started_at", {"file_count": ""}),
    "freshness": ("metrics.platform_completeness", "last_date", {}),
    "latency": ("operations.requests", "noted_at", {"p50": "latency_p50", "p95": "latency_p95", "p99": "latency_p99"}),
    "slowest": ("operations.dbt_nodes", "noted_at", {"node_status": "status"}),
}


def _behind(opened: Opened, name: str, title: str, listed: list[tuple[str, str]]) -> None:
    """The rows behind a part of the page, and what its figures mean."""
    table, dated, called = MODELS[name]
    figures = [(called.get(column, column), said) for column, said in listed]
    evidence.panel(opened, Behind(name, title, table, figures, ROWS[name], _shown(name), (), "", dated))


def _shown(name: str) -> list[tuple[str, str]]:
    """The columns of the rows behind a part of the page."""
    noted = ("noted_at", _("noted at (UTC)"))
    return {
        "runs": [("started_at", _("started at (UTC)")), ("verb", _("run")), ("phase", _("phase")),
                 ("seconds", _("seconds")), ("cpu_seconds", _("seconds of processor")), ("row_count", _("rows"))],
        "volumes": [noted, ("source", _("source")), ("table_name", _("table")), ("row_count", _("rows")),
                    ("new_row_count", _("new rows")), ("bytes", _("bytes"))],
        "findings": [("finding_kind", _("finding")), ("record_id", _("id")), ("example", _("example")),
                     ("finding_count", _("rows")), ("file_path", _("file"))],
        "files": [("load_id", _("load")), ("started_at", _("started at (UTC)")), ("source", _("source")),
                  ("document", _("document")), ("path", _("file")), ("records_in", _("records")),
                  ("records_loaded", _("loaded")), ("records_rejected", _("rejected"))],
        "latency": [noted, ("source", _("source")), ("endpoint", _("endpoint")), ("request_count", _("requests")),
                    ("latency_p50", _("half within (s)")), ("latency_p95", _("95 % within (s)"))],
        "slowest": [noted, ("node", _("model or test")), ("seconds", _("seconds")), ("failures", _("failed"))],
    }.get(name, [("platform", _("platform")), ("metric", _("metric")), ("subject_id", _("subject")),
                 ("first_date", _("first day")), ("last_date", _("last day")),
                 ("observation_count", _("observations"))])  # fmt: skip
