"""The schema `recommendations`: its tables, and how they are written. Descriptions are the dbt source's."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from crescendo.ingest import ledger
from crescendo.warehouse import quoted

SCHEMA = "recommendations"
LIFE = timedelta(hours=24)
WHY = "struct(track_key varchar, score_ratio double)[]"
STAMPS = {"model_version": "varchar not null", "scored_at": "timestamp not null", "expires_at": "timestamp not null"}
TABLES: dict[str, dict[str, str]] = {
    "top_n": {
        "user_key": "varchar not null", "rank": "integer not null", "track_key": "varchar not null",
        "recommended_score": "double not null", "reason": "varchar not null", "why": WHY, **STAMPS,
    },
    "similar_tracks": {
        "track_key": "varchar not null", "rank": "integer not null", "similar_track_key": "varchar not null",
        "similarity_ratio": "double not null", "reason": "varchar not null", **STAMPS,
    },
    "model_versions": {
        "model_version": "varchar not null", "model": "varchar not null", "settings": "varchar not null",
        "seed": "bigint not null", "trained_at": "timestamp not null", "learned_from_date": "date",
        "learned_to_date": "date",
        "learned_user_count": "bigint not null",
        "learned_track_count": "bigint not null", "interaction_count": "bigint not null",
        "load_id": "bigint", "data_digest": "varchar not null", "file_name": "varchar not null",
        "file_digest": "varchar not null",
    },
    "model_metrics": {
        "model_version": "varchar not null", "model": "varchar not null", "settings": "varchar not null",
        "split_name": "varchar not null", "figure": "varchar not null", "figure_value": "double not null",
        "evaluated_count": "bigint not null", "measured_at": "timestamp not null",
    },
    "model_promotions": {
        "decision_id": "bigint not null", "decided_at": "timestamp not null", "decision": "varchar not null",
        "decision_reason": "varchar not null", "champion_version": "varchar", "challenger_version": "varchar",
        "served_version": "varchar not null", "champion_ndcg": "double", "challenger_ndcg": "double",
        "ndcg_difference": "double", "lowest_difference": "double", "highest_difference": "double",
        "champion_map": "double", "challenger_map": "double", "champion_coverage": "double",
        "challenger_coverage": "double", "champion_rmse": "double", "challenger_rmse": "double",
        "evaluated_count": "bigint", "window_first_date": "date", "window_last_date": "date", "load_id": "bigint",
        "data_digest": "varchar",
    },
    "drift_checks": {
        "check_id": "bigint not null", "checked_at": "timestamp not null", "measure": "varchar not null",
        "window_first_date": "date", "window_last_date": "date", "drift_value": "double", "expected_value": "double",
        "highest_value": "double", "window_listen_count": "bigint not null",
        "reference_listen_count": "bigint not null",
        "drift_status": "varchar not null",
    },
}  # fmt: skip
KEYS = {
    "top_n": ("user_key", "rank"),
    "similar_tracks": ("track_key", "rank"),
    "model_versions": ("model_version",),
}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema and the tables that are not there yet."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for table, columns in TABLES.items():
        lines = [f"{quoted(name)} {kind}" for name, kind in columns.items()]
        if table in KEYS:
            lines.append(f"primary key ({', '.join(map(quoted, KEYS[table]))})")
        connection.execute(f"create table if not exists {SCHEMA}.{table} ({', '.join(lines)})")


def now() -> datetime:
    """This moment, UTC, as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    """Add a row; a column that is not named is null."""
    ledger.touch(connection, [(SCHEMA, table)])
    names = ", ".join(map(quoted, row))
    marks = ", ".join("?" * len(row))
    connection.execute(f"insert into {SCHEMA}.{table} ({names}) values ({marks})", list(row.values()))


def next_id(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    """The number after the largest."""
    [(number,)] = connection.execute(f"select coalesce(max({column}), 0) + 1 from {SCHEMA}.{table}").fetchall()
    return number


def is_prepared(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables are there."""
    made = "select count(*) from duckdb_tables() where schema_name = ? and database_name = current_database()"
    [(count,)] = connection.execute(made, [SCHEMA]).fetchall()
    return count >= len(TABLES)


def serving(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The version that the last decision left serving; None before the first."""
    if not is_prepared(connection):
        return None
    found = connection.execute(
        f"select served_version from {SCHEMA}.model_promotions order by decision_id desc limit 1"
    ).fetchone()
    return found[0] if found else None
