"""What is known of a warehouse and its runs up to a day: its own tables, and the journals beside it.

A run whose journal the warehouse has not taken yet, as of a build that failed, is here too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

from crescendo import warehouse
from crescendo.operations import store

STORED = "stored"  # the warehouse, attached to read
DAYS = 60  # of history that is read

History = list[tuple[date, float]]


@dataclass(frozen=True)
class Series:
    """What was measured of a subject: one value a day, the oldest first."""

    subject_type: str
    subject: str
    metric: str
    history: History = field(default_factory=list)

    @property
    def latest(self) -> float:
        """The newest value."""
        return self.history[-1][1]


class Facts:
    """A connection to the tables `operations.*` of the last days, and to the warehouse as `stored`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path, until: date) -> None:
        self.connection, self.file, self.until = connection, file, until
        found = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = $1"
            " union select schema_name || '.' || view_name from duckdb_views() where database_name = $1",
            [STORED],
        )
        self.stored = {name for (name,) in found.fetchall()}

    def rows(self, query: str, *values: object) -> list[dict]:
        """The rows of a query, by name of column."""
        result = self.connection.execute(query, values or None)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def has(self, *tables: str) -> bool:
        """Whether the warehouse has these tables or views."""
        return self.stored >= set(tables)

    def series(self, subject_type: str, metric: str) -> list[Series]:
        """All series of a type of subject and a metric, up to the day, by subject."""
        query = """
            select subject_name, list(struct_pack(d := observed_date, v := value) order by observed_date) as history
            from operations.observations
            where subject_type = ? and metric = ? and observed_date <= ? group by all order by all"""
        return [
            Series(subject_type, row["subject_name"], metric, [(point["d"], point["v"]) for point in row["history"]])
            for row in self.rows(query, subject_type, metric, self.until)
        ]


@contextmanager
def known(file: Path, until: date) -> Iterator[Facts]:
    """What is known of a warehouse up to a day; of one that is not there, what the journals beside it say."""
    with warehouse.beside(file, STORED) as connection:
        store.prepare(connection)
        facts = Facts(connection, file, until)
        since = until - timedelta(DAYS)
        for name in store.TABLES:
            if facts.has(f"{store.SCHEMA}.{name}"):
                moment = {"runs": "started_at", "observations": "observed_date"}.get(name, "noted_at")
                table = f"{store.SCHEMA}.{name}"
                connection.execute(f"insert into {table} select * from {STORED}.{table} where {moment} >= ?", [since])
        held = store.taken(connection)
        store.take(connection, [one for one in store.journals(file) if one.stem not in held])
        yield facts
