"""Alerts: what each is, and their state beside the journal, in `.NAME.runs/alerts.json`.

The state is a file of its own, not a table: to note that an alert was told must not cost a copy of the warehouse.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.operations import journal

SEVERITIES = ("critical", "warning", "info")
STATE = "alerts.json"
MOMENTS = ("opened_at", "last_seen_at", "resolved_at", "notified_at")


@dataclass(frozen=True)
class Alert:
    """Something that a rule finds wrong with a subject. Moments are UTC, without a zone.

    Args:
        alert_id: from rule, subject, platform and metric: the same thing seen again is the same alert.
        rule_name: the rule of `seeds/alert_rules.csv`.
        severity: 'critical', 'warning' or 'info'.
        subject_type: 'source', 'endpoint', 'table', 'column', 'model', 'test', 'phase', 'run', 'song' ...
        subject_name: what it is about, by the name that people know.
        platform: of the metric; 'crescendo' for what we measure of ourselves.
        metric: what is measured: 'rows', 'latency_p95', 'streams'.
        method: how the rule judges.
        state: 'open' if first seen, 'repeated' if seen again, 'resolved' if it was seen and is no more.
        opened_at: when it was first seen since it was last resolved.
        last_seen_at: when it was last seen.
        resolved_at: when it was found to be mended; None if it is not.
        occurrences: how many evaluations have seen it since it opened.
        value: what was measured; None if the fault is that nothing was.
        expected_low, expected_high: the range that the value should be in; None if open on that side.
        history_used: observations that the range was made from; 0 for a fixed bound.
        evidence: a query that shows the rows behind it.
        sentence_en, sentence_fr: what is wrong, in a sentence.
        told_to: who is told, from the rule.
        notified_at: when it was last told; None if never.
    """

    alert_id: str
    rule_name: str
    severity: str
    subject_type: str
    subject_name: str
    platform: str
    metric: str
    method: str
    state: str
    opened_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    occurrences: int
    value: float | None
    expected_low: float | None
    expected_high: float | None
    history_used: int
    evidence: str
    sentence_en: str
    sentence_fr: str
    told_to: str
    notified_at: datetime | None = None


def alert_id(rule_name: str, subject_id: str, platform: str, metric: str) -> str:
    """The name of an alert: the same for the same rule, subject, platform and metric."""
    return hashlib.sha256("\n".join((rule_name, subject_id, platform, metric)).encode()).hexdigest()[:16]


def current(warehouse: Path) -> list[Alert]:
    """Every alert that is known of a warehouse, resolved ones of the last days included; the newest state of each.

    Sorted by severity, then by when they opened. Raises CrescendoError if the state cannot be read.
    """
    found = _read(_file(warehouse))
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.opened_at, one.alert_id))


def mark_notified(warehouse: Path, alert_ids: Iterable[str], moment: datetime) -> None:
    """Note that these alerts were told at a moment (UTC). An id that is not known is passed over."""
    told = set(alert_ids)
    with renewed(warehouse) as known:
        known[:] = [replace(one, notified_at=_plain(moment)) if one.alert_id in told else one for one in known]


@contextmanager
def renewed(warehouse: Path) -> Iterator[list[Alert]]:
    """The known alerts, to be changed in place; they are written after the block, whole or not at all.

    One process at a time. Raises CrescendoError if the state cannot be read or written.
    """
    file = _file(warehouse)
    with journal.locked(file, "the alerts"):
        known = _read(file)
        yield known
        _write(file, known)


def _file(warehouse: Path) -> Path:
    return journal.folder(warehouse) / STATE


def _read(file: Path) -> list[Alert]:
    if not file.exists():
        return []
    try:
        rows = json.loads(file.read_text("utf-8"))
        names = {field.name for field in fields(Alert)}
        return [_alert({name: row[name] for name in names if name in row}) for row in rows]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CrescendoError(f"{file} is damaged ({error}): remove it; `crescendo watch` makes it again") from None


def _alert(row: dict[str, Any]) -> Alert:
    return Alert(**row | {name: datetime.fromisoformat(row[name]) for name in MOMENTS if row.get(name)})


def _write(file: Path, known: list[Alert]) -> None:
    new = file.with_suffix(".new")
    text = json.dumps([asdict(one) for one in known], ensure_ascii=False, default=datetime.isoformat, indent=1)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(text)
    new.replace(file)


def _plain(moment: datetime) -> datetime:
    """A moment in UTC without its zone, as every one here."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
