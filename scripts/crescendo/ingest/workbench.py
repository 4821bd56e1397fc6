"""Two connections for one batch: a scratch database to stage it in, and the warehouse to load it into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from crescendo.ingest import scratch
from crescendo.warehouse import LOAD_MEMORY, one


@dataclass(frozen=True)
class Workbench:
    """`scratch` holds the temporary tables of a batch, `load` the load's transaction; they may be one connection."""

    load: duckdb.DuckDBPyConnection
    scratch: duckdb.DuckDBPyConnection

    def copy(self, query: str, into: str) -> int:
        """Insert what a query over the batch gives into a table of the warehouse; returns how many rows those are."""
        with self.lend(query) as rows:
            [count] = one(self.load, f"insert into {into} {rows}")
            return int(count)

    @contextmanager
    def lend(self, query: str) -> Iterator[str]:
        """A query over the batch as the load may read it, once."""
        with _streamed(self.scratch, query, self.load) as rows:
            yield rows

    @contextmanager
    def borrow(self, query: str) -> Iterator[str]:
        """A query over the warehouse as the batch may read it, once."""
        with _streamed(self.load, query, self.scratch) as rows:
            yield rows

    @property
    def is_one(self) -> bool:
        """Whether the batch is staged in the load's own transaction."""
        return self.load is self.scratch


@contextmanager
def _streamed(lender: duckdb.DuckDBPyConnection, query: str, reader: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A query as SQL of another connection: as it is, or as an Arrow stream from one database to the other."""
    if lender is reader:
        yield query
        return
    reader.register("lent", lender.sql(query).__arrow_c_stream__())
    try:
        yield "from lent"
    finally:
        reader.unregister("lent")


@contextmanager
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, which spills into a folder of its own."""
    with scratch.folder() as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": LOAD_MEMORY,
            "temp_directory": str(folder),
            "allocator_background_threads": True,
            # identifiers of 16 bytes are handed over as they are, not as their text
            "arrow_lossless_conversion": True,
            # joins are done as they are written, which is without a copy of the pages
            "disabled_optimizers": "join_order,build_side_probe_side",
        }
        with duckdb.connect(config=settings) as memory:
            yield memory
