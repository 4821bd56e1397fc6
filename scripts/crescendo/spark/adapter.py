"""dbt-spark's session method, for models that are written once: what a model says is translated before Spark reads it.

`dbt build --target spark` finds this by the name of its type in profiles.yml. It runs in the environment of
requirements-spark.txt.
"""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.base import available
from dbt.adapters.spark import SparkAdapter, SparkColumn, SparkConnectionManager, SparkCredentials
from dbt_common.exceptions import DbtRuntimeError
from pyspark.sql import SparkSession
from sqlglot.errors import SqlglotError

from crescendo import privacy
from crescendo.errors import CrescendoError
from crescendo.spark import translate

TYPE = "crescendospark"


class Credentials(SparkCredentials):
    """Of dbt-spark, under a type of its own, so that dbt finds our macros first and then those of dbt-spark."""

    @property
    def type(self) -> str:
        """The type as profiles.yml says it."""
        return TYPE


class Connections(SparkConnectionManager):
    """Of dbt-spark; the first of a run tells Spark the key of the hashes."""

    TYPE = TYPE


class Column(SparkColumn):
    """A column whose type is said in DuckDB's words."""

    @classmethod
    def translate_type(cls, dtype: str) -> str:
        """Spark's name of a type."""
        return translate.type_name(dtype)


class CrescendoSparkAdapter(SparkAdapter):
    """What the macros beside it ask for."""

    ConnectionManager = Connections
    Column = Column

    @available
    def translated(self, sql: str, is_kept: bool = False) -> str:
        """One query of a model or a test in Spark's words; `is_kept` of a table, which may be said of the rows now."""
        return _translated(sql, ask=_ask if is_kept else None)

    @available
    def translated_function(self, sql: str, name: str, parameters: list[str]) -> str:
        """The query of a table function in Spark's words, with its parameters."""
        return _translated(sql, function=name, parameters=tuple(parameters))

    @available
    def raw_folder(self) -> str:
        """Where `crescendo publish parquet --raw` has written the sources."""
        return str(Path(os.environ.get("CRESCENDO_RAW", "exports/raw")).absolute())

    @available
    def tell_key(self) -> None:
        """Make the key that people's data is hashed with a variable of the session, which is stored nowhere."""
        try:
            key = privacy.mask_key(Path(os.environ.get("CRESCENDO_DB", "crescendo.duckdb")))
        except CrescendoError as error:
            raise DbtRuntimeError(str(error)) from None
        session = SparkSession.builder.getOrCreate()
        session.sql("declare or replace variable mask_key string default ''")
        session.sql("set variable mask_key = :key", args={"key": key})


def _ask(query: str) -> list[tuple]:
    return [tuple(row) for row in SparkSession.builder.getOrCreate().sql(query).collect()]


def _translated(sql: str, **how: Any) -> str:
    try:
        return translate.translated(sql, **how)
    except SqlglotError as error:
        raise DbtRuntimeError(f"this cannot be said in Spark's words: {error}\n{sql}") from None
