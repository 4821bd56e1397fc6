"""The state of the pipeline as Prometheus reads it: text format 0.0.4, one snapshot, for the textfile collector.

Every metric is a gauge: the newest value of the last DAYS days. A metric without any value is left out whole.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from crescendo.operations.alerts import Alert
from crescendo.report.facts import STORED, Facts, Series, known

PREFIX = "crescendo_"
Labels = dict[str, str]
Sample = tuple[Labels, float]


@dataclass(frozen=True)
class Measured:
    """A metric that is a measure of ours: of which subjects, which labels its name gives, and its unit's factor."""

    name: str
    help: str
    subject_type: str
    metric: str
    labels: Callable[[str], Labels]
    factor: float = 1.0
    more: tuple[tuple[str, str], ...] = ()


def _one(label: str) -> Callable[[str], Labels]:
    return lambda subject: {label: subject}


def _last(first: str, last: str, mark: str) -> Callable[[str], Labels]:
    """Two labels: the text before the last mark, and the text after it."""
    return lambda subject: dict(zip((first, last), subject.rpartition(mark)[::2], strict=True))


def _endpoint(subject: str) -> Labels:
    source, _, endpoint = subject.partition("/")
    return {"source": source, "endpoint": endpoint}


VERB, TABLE, COLUMN, PHASE = _one("verb"), _one("table"), _last("table", "column", "."), _last("verb", "phase", ".")
LATENCY = "Latency of the requests of the last day with any, by quantile."
MEASURED = (
    Measured("run_duration_seconds", "How long the last successful run took.", "run", "seconds", VERB),
    Measured("run_failed", "Whether the last run failed.", "run", "failed", VERB),
    Measured("run_killed", "Whether the last run was killed.", "run", "killed", VERB),
    Measured("phase_duration_seconds", "How long a phase took.", "phase", "seconds", PHASE),
    Measured("phase_cpu_seconds", "CPU time of a phase.", "phase", "cpu_seconds", PHASE),
    Measured("phase_peak_bytes", "Largest memory of a phase.", "phase", "peak_bytes", PHASE),
    Measured("phase_rows", "Rows that went through a phase.", "phase", "rows_through", PHASE),
    Measured("endpoint_requests", "Requests of the last day with any.", "endpoint", "requests", _endpoint),
    Measured("endpoint_error_ratio", "Share of requests that failed.", "endpoint", "error_ratio", _endpoint),
    Measured("endpoint_retry_ratio", "Share of requests asked again.", "endpoint", "retry_ratio", _endpoint),
    *(
        Measured(
            "endpoint_latency_seconds", LATENCY, "endpoint", f"latency_p{percent}", _endpoint, 0.001,
            (("quantile", f"0.{percent:02}".rstrip("0")),),
        )
        for percent in (50, 95, 99)
    ),
    Measured("endpoint_records", "Records read of a document by the last load.", "endpoint", "records", _endpoint),
    Measured("source_files", "Files loaded of a source on the last day with any.", "source", "files", _one("source")),
    Measured("source_new_rows", "New rows of a source on the last day with any.", "source", "new_rows", _one("source")),
    Measured("files_refused", "Files that the last load refused.", "source", "refused_files", lambda _: {}),
    Measured("table_rows", "Rows of a table.", "table", "rows", TABLE),
    Measured("table_new_rows", "New rows of a table on the last day with any.", "table", "new_rows", TABLE),
    Measured("table_age_days", "Age of a table's newest row.", "table", "age_days", TABLE),
    Measured("column_null_ratio", "Share of new rows without a value.", "column", "null_ratio", COLUMN),
    Measured("column_valid_ratio", "Share of values that have their form.", "column", "valid_ratio", COLUMN),
    Measured("model_duration_seconds", "How long a model took.", "model", "seconds", _one("model")),
    Measured("model_failed", "Whether a model could not be built.", "model", "failed", _one("model")),
    Measured("test_failures", "Rows that break a promise.", "test", "failures", _one("test")),
    Measured("findings", "Cases of a kind of finding in the data.", "finding", "findings", _one("kind")),
    Measured("warehouse_bytes", "Size of the warehouse.", "warehouse", "file_bytes", lambda _: {}),
    Measured("disk_free_ratio", "Share of the disk that is free.", "warehouse", "disk_free_ratio", lambda _: {}),
)  # fmt: skip
OTHERS = {
    "info": "The version that wrote this.",
    "written_timestamp_seconds": "When this was written.",
    "run_last_timestamp_seconds": "When the last run of a verb began.",
    "alerts": "Open alerts by severity.",
    "alert_open": "An open alert.",
    "alert_value": "The value of an open alert.",
    "platform_newest_timestamp_seconds": "The newest complete day of a platform.",
}


def names() -> set[str]:
    """Every metric that there may be."""
    return {PREFIX + name for name in (*OTHERS, *(one.name for one in MEASURED))}


def exposition(file: Path, alerts: Iterable[Alert], now: datetime | None = None) -> str:
    """The text for a warehouse and its alerts."""
    now = now or datetime.now(UTC)
    with known(file, now.date()) as facts:
        families = [*_own(facts, list(alerts), now), *_measured(facts)]
    lines: list[str] = []
    for name, text, samples in families:
        if samples:
            lines += [f"# HELP {PREFIX}{name} {text}", f"# TYPE {PREFIX}{name} gauge"]
            lines += [_line(PREFIX + name, labels, value) for labels, value in samples]
    return "\n".join(lines) + "\n"


def _own(facts: Facts, alerts: list[Alert], now: datetime) -> Iterator[tuple[str, str, list[Sample]]]:
    """The families that are no measure of a subject."""
    going = [alert for alert in alerts if alert.state != "resolved"]
    kinds: dict[str, list[Sample]] = {
        "info": [({"version": version("crescendo")}, 1.0)],
        "written_timestamp_seconds": [({}, now.timestamp())],
        "run_last_timestamp_seconds": [
            ({"verb": row["verb"]}, row["began"].replace(tzinfo=UTC).timestamp())
            for row in facts.rows("select verb, max(started_at) as began from operations.runs group by all order by 1")
        ],
        "alerts": [
            ({"severity": rank}, float(sum(alert.severity == rank for alert in going)))
            for rank in ("critical", "warning", "info")
        ],
        "alert_open": [(_about(alert), 1.0) for alert in going],
        "alert_value": [(_about(alert), float(alert.value)) for alert in going if alert.value is not None],
        "platform_newest_timestamp_seconds": list(_platforms(facts)),
    }
    for name, samples in kinds.items():
        yield name, OTHERS[name], samples


def _about(alert: Alert) -> Labels:
    return {
        "rule": alert.rule_name, "severity": alert.severity, "subject_type": alert.subject_type,
        "subject": alert.subject_name, "platform": alert.platform, "metric": alert.metric, "id": alert.alert_id,
    }  # fmt: skip


def _platforms(facts: Facts) -> Iterator[Sample]:
    if not facts.has("metrics.platform_completeness"):
        return
    query = f"select platform, complete_through_date as day from {STORED}.metrics.platform_completeness order by 1"
    for row in facts.rows(query):
        if row["day"] is not None:
            yield {"platform": row["platform"]}, _seconds(row["day"])


def _seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _measured(facts: Facts) -> Iterator[tuple[str, str, list[Sample]]]:
    families: dict[str, tuple[str, list[Sample]]] = {}
    for one in MEASURED:
        samples = [_sample(one, series) for series in facts.series(one.subject_type, one.metric)]
        families.setdefault(one.name, (one.help, []))[1].extend(samples)
    for name, (text, samples) in families.items():
        yield name, text, samples


def _sample(one: Measured, series: Series) -> Sample:
    return one.labels(series.subject) | dict(one.more), series.latest * one.factor


def _line(name: str, labels: Labels, value: float) -> str:
    said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{said}}} {value!r}" if said else f"{name} {value!r}"


def _escaped(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
