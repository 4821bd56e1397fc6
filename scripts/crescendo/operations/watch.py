"""`crescendo watch`: from rules and series to alerts and their states."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.operations import alerts, engine, feed, rules, told
from crescendo.operations.alerts import Alert
from crescendo.operations.engine import Found
from crescendo.operations.rules import OURS, Rule

SEEDS = Path("seeds")
KEPT = timedelta(days=90)  # that a resolved alert stays in the state
# if a rule finds the same on so many series of a platform, and on such a share, it is one thing that happened to it
MANY, SHARE = 5, 0.3


@dataclass(frozen=True)
class Watched:
    """What an evaluation made of the alerts: all that are known, and of each rule how many series it cannot judge."""

    alerts: list[Alert]
    too_few: dict[str, int]
    series_count: int


def watch(file: Path, *, now: datetime | None = None, applied: list[Rule] | None = None) -> Watched:
    """Judge a warehouse and the runs beside it, and note what became of each alert.

    `now` is UTC, without a zone. `applied` are the rules; if None, those of the project or of the warehouse.
    Raises CrescendoError if there are no rules, or one of them cannot be read.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    with warehouse.beside(file, feed.STORED) as connection:
        engine.prepare(connection)
        holidays = _holidays(connection)
        feed.fill(connection, file, holidays, now.date())
        judged = engine.judge(connection, _rules(connection) if applied is None else applied)
        found = caused(rolled_up(connection, judged.found))
        with alerts.renewed(file) as known:
            known[:] = renewed(known, [told.alert(connection, file, one, now) for one in found], now)
            listed = sorted(known, key=lambda one: (alerts.SEVERITIES.index(one.severity), one.opened_at, one.alert_id))
    return Watched(listed, judged.too_few, judged.series_count)


def renewed(known: list[Alert], seen: list[Alert], now: datetime) -> list[Alert]:
    """The next states of alerts: what is seen first is open, what is seen again repeated, what is no more resolved."""
    before = {one.alert_id: one for one in known}
    states = []
    for one in seen:
        old = before.pop(one.alert_id, None)
        if old and old.state != "resolved":
            one = replace(
                one, state="repeated", opened_at=old.opened_at, occurrences=old.occurrences + 1,
                notified_at=old.notified_at,
            )  # fmt: skip
        states.append(one)
    for old in before.values():
        if old.state != "resolved":
            states.append(replace(old, state="resolved", resolved_at=now))
        elif old.resolved_at is None or old.resolved_at > now - KEPT:
            states.append(old)
    return states


def caused(found: list[Found]) -> list[Found]:
    """Without what another rule names the cause of: on the same subject, on its group or a member, or anywhere."""
    by_rule: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_rule[one.rule.rule_name].append(one)
    return [one for one in found if not any(_hides(cause, other, one) for cause in one.rule.hidden_by.split()
                                            for other in by_rule[cause.removeprefix("*")])]  # fmt: skip


def _hides(cause: str, other: Found, one: Found) -> bool:
    related = other.subject_id in (one.subject_id, one.parent_id) or other.parent_id == one.subject_id
    of_platform = other.subject_type == "platform" and other.platform == one.platform and one.platform != OURS
    return cause.startswith("*") or of_platform or (related and other.platform == one.platform)


def rolled_up(connection: duckdb.DuckDBPyConnection, found: list[Found]) -> list[Found]:
    """One finding for many: what a rule finds on a large part of a platform's series happened to the platform."""
    counts = dict(
        connection.execute(
            "select platform || ':' || metric, count(*) from series where subject_type <> 'platform' group by all"
        ).fetchall()
    )
    groups: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
    for one in found:
        groups[one.rule.rule_name, one.platform, one.metric].append(one)
    result = []
    for (_, platform, metric), same in groups.items():
        first, of = same[0], counts.get(f"{platform}:{metric}", 0)
        if platform == OURS or len(same) < MANY or len(same) < SHARE * of:
            result += same
            continue
        result.append(
            replace(
                first,
                subject_id=f"platform:{platform}",
                subject_type="platform",
                subject_name=platform,
                parent_id="",
                value=float(len(same)),
                expected_low=None,
                expected_high=None,
                same=tuple(same),
            )
        )
    return result


def _rules(connection: duckdb.DuckDBPyConnection) -> list[Rule]:
    if (file := SEEDS / "alert_rules.csv").is_file():
        return rules.read(file)
    rows = _seed(connection, "alert_rules", rules.NAMES)
    if not rows:
        raise CrescendoError(
            "there are no rules: run this in the project's folder, where seeds/alert_rules.csv is, or run"
            " `crescendo build` first"
        )
    return [rules.made(row, f"seeds.alert_rules, {row[0]}") for row in rows]


def _holidays(connection: duckdb.DuckDBPyConnection) -> list[date]:
    file = SEEDS / "holidays.csv"
    if not file.is_file():
        return [day for (day,) in _seed(connection, "holidays", ("holiday_date",))]
    days = []
    with file.open(encoding="utf-8", newline="") as opened:
        for line, row in enumerate(csv.reader(opened), 1):
            if line == 1 or not row:
                continue
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", row[0]):
                raise CrescendoError(f"{file}, line {line}: holiday_date is to be a day such as 2026-07-14")
            days.append(date.fromisoformat(row[0]))
    return days


def _seed(connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str]) -> list[tuple]:
    known = "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = (?, 'seeds', ?)"
    if not connection.execute(known, [feed.STORED, name]).fetchone():
        return []
    return connection.execute(f"select {', '.join(columns)} from {feed.STORED}.seeds.{name}").fetchall()
