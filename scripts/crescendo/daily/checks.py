"""What a day must show before it goes on: that its records came, and that it may be published."""

import json
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.errors import CrescendoError
from crescendo.ingest.status import status
from crescendo.warehouse import one

# of the records of the last load; more is a source that has changed, not a few odd records
MOST_REJECTED = 0.1
RECORDS = """
    select coalesce(sum(records_in), 0)::bigint from load_audit.files
    where is_current and source = ? and starts_with(path, ?)
"""
LAST_LOAD = """
    select coalesce(sum(records_in), 0)::bigint, coalesce(sum(records_rejected), 0)::bigint
    from load_audit.files where _load_id = (select max(_load_id) from load_audit.loads)
"""


def fresh_records(source: str, day: date, landing: Path) -> int:
    """How many records of a source's answers of a day are loaded.

    Raises CrescendoError if there are none.
    """
    with warehouse.connect(read_only=True) as connection:
        count = sum(
            one(connection, RECORDS, [source, f"{folder.resolve()}/"])[0] for folder in _folders(source, day, landing)
        )
    if not count:
        raise CrescendoError(
            f"{source} brought no record of {day}: look at {landing / source}, and fetch again by"
            f" `crescendo daily --date {day} --from-step fetch-{source}`"
        )
    return count


def _folders(source: str, day: date, landing: Path) -> list[Path]:
    """Where the answers of a day lie: in a folder of its name, or of Soundcharts in that of the day of asking."""
    if source != "soundcharts":
        return [landing / source / str(day)]
    found = set()
    for file in (landing / source).glob("????-??-??/.run-*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if json.loads(file.read_bytes())["until"] == str(day):
                found.add(file.parent)
    return sorted(found)


def gate() -> None:
    """Hold that the day may be shown. Raises CrescendoError, exit code 1, that says why it may not."""
    reasons = list(status().problems)
    with warehouse.connect(read_only=True) as connection:
        records, rejected = one(connection, LAST_LOAD)
    if rejected > MOST_REJECTED * records:
        reasons.append(
            f"{rejected:,} of the {records:,} records of the last load were rejected, more than {MOST_REJECTED:.0%}:"
            " `crescendo status` says why"
        )
    if reasons:
        error = CrescendoError("; ".join(reasons))
        error.exit_code = 1
        raise error


def last_listen(day: date) -> date | None:
    """The last day up to `day` on which somebody listened; None if there is none."""
    try:
        with warehouse.connect(read_only=True) as connection:
            query = "select max(listened_at)::date from listening.fct_listens where listened_at < ?::date + 1"
            return one(connection, query, [day])[0]
    except duckdb.CatalogException:
        return None


def is_serving() -> bool:
    """Whether a model of recommendations serves."""
    from crescendo.analysis.recommend import store  # it imports numpy

    with warehouse.connect(read_only=True) as connection:
        return store.serving(connection) is not None


def was_decided(since: datetime) -> bool:
    """Whether `crescendo retrain` has decided anything since a moment (UTC)."""
    query = "select count(*) from recommendations.model_promotions where decided_at >= ?"
    with warehouse.connect(read_only=True) as connection:
        return one(connection, query, [since])[0] > 0
