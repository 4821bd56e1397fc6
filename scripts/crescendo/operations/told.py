"""An alert in words: the sentence of its rule filled in, and the query that shows the rows behind it."""

from datetime import datetime
from pathlib import Path

import duckdb

from crescendo.ask.texts import filled, reason
from crescendo.logs import without_data
from crescendo.operations import alerts, feed, store
from crescendo.operations.alerts import Alert
from crescendo.operations.engine import Found
from crescendo.operations.rules import OURS
from crescendo.warehouse import text

MANY_EN = "{count} series of {metric} on {platform} at once, for example: {sentence}"
MANY_FR = "{count} séries de {metric} sur {platform} à la fois, par exemple : {sentence}"
REFUSED, MOST_FILES = "refused_files", 3  # files that a sentence names
# what a line of the journal says of a subject, by its type
LINES = {
    "run": "event in ('run', 'phase_start', 'phase', 'end')",
    "phase": "event = 'phase' and phase = {last}",
    "endpoint": "endpoint = {last} or subject = {name}",
    "table": '"table" = {name}',
    "column": '"table" || \'.\' || "column" = {name}',
    "model": "node = {name}",
    "test": "node = {name}",
}


def alert(connection: duckdb.DuckDBPyConnection, warehouse: Path, found: Found, now: datetime) -> Alert:
    """What a rule found, as an alert that is open since now."""
    rule, words = found.rule, _words(connection, found)
    refused = _refused(connection) if found.metric == REFUSED else []
    english, french = (
        _sentence(template, found, words | {"files": _listed(refused, "fr" if comma else "en")}, many, comma)
        for template, many, comma in ((rule.sentence_en, MANY_EN, False), (rule.sentence_fr, MANY_FR, True))
    )
    return Alert(
        alert_id=alerts.alert_id(rule.rule_name, found.subject_id, found.platform, found.metric),
        rule_name=rule.rule_name,
        severity=rule.severity,
        subject_type=found.subject_type,
        subject_name=found.subject_name,
        platform=found.platform,
        metric=found.metric,
        method=rule.method,
        state="open",
        opened_at=now,
        last_seen_at=now,
        resolved_at=None,
        occurrences=1,
        value=found.value,
        expected_low=found.expected_low,
        expected_high=found.expected_high,
        history_used=found.history_used,
        evidence=_evidence(connection, warehouse, found),
        sentence_en=english,
        sentence_fr=french,
        told_to=rule.told_to,
    )


def number(value: float | None, comma: bool = False, share: bool = False) -> str:
    """A number for a sentence: whole if it is, else three figures, a share in percent; '-' if there is none."""
    if value is None:
        return "-"
    if share:
        return f"{number(100 * value, comma)} %"
    said = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.3g}"
    return said.replace(",", "\u202f").replace(".", ",") if comma else said


def _sentence(template: str, found: Found, words: dict[str, str], many: str, comma: bool) -> str:
    shown = found.same[0] if found.same else found
    numbers = {"value": shown.value, "low": shown.expected_low, "high": shown.expected_high}
    is_share = found.metric.endswith("_ratio")
    spoken = "fr" if comma else "en"
    said = filled(template, {name: number(value, comma, is_share) for name, value in numbers.items()} | words, spoken)
    if found.same:
        told: dict[str, object] = {"platform": found.platform, "metric": words["metric"], "sentence": said}
        return filled(many, told | {"count": len(found.same)}, spoken)
    return said


def _words(connection: duckdb.DuckDBPyConnection, found: Found) -> dict[str, str]:
    """What fills a sentence besides numbers; of a run its phase, of a model what dbt said."""
    subject = found.same[0].subject_name if found.same else found.subject_name
    words = {"subject": subject, "platform": found.platform, "metric": found.metric.replace("_", " ")}
    phase = error = ""
    if found.subject_type == "run":
        query = "select killed_phase, error from operations.runs where verb = ? order by run_id desc limit 1"
        row = connection.execute(query, [found.subject_name]).fetchone() or (None, None)
        phase, error = (f" ({said})" if said else "" for said in row)
    elif found.subject_type in ("model", "test"):
        query = "select message from operations.dbt_nodes where node = ? order by run_id desc limit 1"
        [error] = connection.execute(query, [found.subject_name]).fetchone() or (None,)
        error = error or "-"
    return words | {"phase": phase, "error": error}


def _refused(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """The name of each file that the last load refused, and why; none if no warehouse says it."""
    known = "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = (?, 'load_audit', 'files')"
    if not connection.execute(known, [feed.STORED]).fetchone():
        return []
    rows = connection.execute(
        f"select path, reason from {feed.STORED}.load_audit.files where status = 'refused' and _load_id ="
        f" (select max(_load_id) from {feed.STORED}.load_audit.loads) order by path"
    ).fetchall()
    return [(Path(path).name, said) for path, said in rows]


def _listed(refused: list[tuple[str, str]], spoken: str) -> str:
    """The first of the refused files, behind a colon; '' if none are known."""
    said = [f"{name} {without_data(reason(why, spoken))}" for name, why in refused[:MOST_FILES]]
    if len(refused) > MOST_FILES:
        said.append("...")
    return {"en": ": ", "fr": " : "}[spoken] + "; ".join(said) if said else ""


def _evidence(connection: duckdb.DuckDBPyConnection, warehouse: Path, found: Found) -> str:
    """A query on the warehouse that shows the rows behind it; on a journal, if the warehouse has not got that run."""
    if found.platform != OURS:
        return _evidence_of_audience(found)
    query = (
        f"from operations.observations where subject_id = {text(found.subject_id)} and metric = {text(found.metric)}"
    )
    row = connection.execute(f"select run_id {query} order by observed_date desc limit 1").fetchone()
    run_id = row[0] if row else ""
    file = next((file for file in store.journals(warehouse) if file.stem == run_id), None)
    if file is None or _is_stored(connection, query, run_id):
        return f"select observed_date, value, run_id {query} order by observed_date desc limit 30"
    last = found.subject_name.rpartition("/" if found.subject_type == "endpoint" else ".")[2]
    which = LINES.get(found.subject_type, "subject = {name}").format(name=text(found.subject_name), last=text(last))
    columns = ", ".join(f"{name}: 'varchar'" for name in (*store.FIELDS,) if name not in ("table", "column", "at"))
    columns += ", \"table\": 'varchar', \"column\": 'varchar', \"at\": 'varchar'"
    return (
        f"from read_json({text(str(file))}, format = 'newline_delimited', ignore_errors = true,"
        f" columns = {{{columns}}}) where {which}"
    )


def _is_stored(connection: duckdb.DuckDBPyConnection, query: str, run_id: str) -> bool:
    known = "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = (?, 'operations', ?)"
    if not connection.execute(known, [feed.STORED, "observations"]).fetchone():
        return False
    return bool(
        connection.execute(
            f"select 1 {query.replace('from ', f'from {feed.STORED}.', 1)} and run_id = ?", [run_id]
        ).fetchone()
    )


def _evidence_of_audience(found: Found) -> str:
    of = "from metrics.fct_observations inner join metrics.dim_series using (series_id)"
    metric = text(f"{found.platform}:{found.metric}")
    if found.subject_type != "platform":
        return (
            f"select observed_date, value, change, span_days, change_class {of} where subject_id ="
            f" {text(found.subject_id)} and metric_id = {metric} order by observed_date desc limit 30"
        )
    if found.same:
        return (
            f"select subject_id, observed_date, value, change_class {of} where metric_id = {metric}"
            f" and observed_date = date '{found.on_date}' order by subject_id"
        )
    return (
        f"select observed_date, count(*) as series_observed {of} where metric_id like"
        f" {text(found.platform + ':%')} group by observed_date order by observed_date desc limit 30"
    )
