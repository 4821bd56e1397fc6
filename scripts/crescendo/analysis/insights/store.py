"""The schema `estimates`: its tables, and how they are written. Descriptions are the dbt source's."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from crescendo.ingest import ledger
from crescendo.warehouse import quoted

if TYPE_CHECKING:  # dbt reads this module at every connection
    import pandas as pd

SCHEMA = "estimates"
STATUS = {"status": "varchar not null", "certainty": "varchar", "estimated_at": "timestamp not null"}
SERIES = {"series_id": "bigint not null", "subject_id": "varchar not null", "metric_id": "varchar not null"}
TABLES: dict[str, dict[str, str]] = {
    "forecasts": {
        **SERIES, "age_group": "varchar not null", "last_week_date": "date not null", "horizon_weeks": "integer",
        "target_date": "date", "week_value": "double", "week_low": "double", "week_high": "double",
        "reach_value": "double", "reach_low": "double", "reach_high": "double", "forecast_error": "double",
        "naive_error": "double", "held_ratio": "double", "tried_count": "bigint", **STATUS,
    },
    "forecast_accuracy": {
        "metric_id": "varchar not null", "age_group": "varchar not null", "horizon_weeks": "integer not null",
        "judged_count": "bigint not null", "shown_count": "bigint not null", "forecast_error": "double",
        "naive_error": "double", "held_ratio": "double", "tried_count": "bigint not null",
        "estimated_at": "timestamp not null",
    },
    "milestones_expected": {
        **SERIES, "threshold": "double not null", "newest_value": "double not null", "observed_date": "date not null",
        "earliest_date": "date", "expected_date": "date", "latest_date": "date", **STATUS,
    },
    "playlist_effects": {
        "scope": "varchar not null", "platform": "varchar not null", "metric_id": "varchar not null",
        "playlist_type": "varchar", "playlist_id": "varchar", "song_id": "varchar", "entry_date": "date",
        "exit_date": "date", "effect_kind": "varchar not null", "effect_ratio": "double", "low_ratio": "double",
        "high_ratio": "double", "weekly_value": "double", "trend_ratio": "double", "trend_chance_ratio": "double",
        "effect_song_count": "bigint not null", "control_count": "bigint not null",
        "effect_week_count": "bigint not null", **STATUS,
    },
}  # fmt: skip


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema and the tables that are not there yet; those of an older version are made anew, empty."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    found = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where schema_name = ? and database_name = current_database() group by table_name",
        [SCHEMA],
    )
    known = dict(found.fetchall())
    for table, columns in TABLES.items():
        if known.get(table) != list(columns):
            lines = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            connection.execute(f"create or replace table {SCHEMA}.{table} ({lines})")


def replace(connection: duckdb.DuckDBPyConnection, frames: "Mapping[str, pd.DataFrame]", moment: datetime) -> None:
    """Write these tables anew, all of them estimated at one moment (UTC)."""
    prepare(connection)
    ledger.touch(connection, [(SCHEMA, table) for table in frames])
    for table, frame in frames.items():
        connection.execute(f"truncate {SCHEMA}.{table}")
        if frame.empty:
            continue
        names = [name for name in TABLES[table] if name != "estimated_at"]
        connection.register("frame", frame)
        columns = ", ".join(map(quoted, names))
        connection.execute(
            f"insert into {SCHEMA}.{table} ({columns}, estimated_at) select {columns}, ? from frame", [moment]
        )
        connection.unregister("frame")
