"""What Tab offers after an option: codes that are in the warehouse.

eval "$(_CRESCENDO_COMPLETE=bash_source crescendo)"     # also zsh_source, fish_source
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

import click
import duckdb

from crescendo import warehouse
from crescendo.ask.reasons import column, types_of
from crescendo.errors import CrescendoError

# of a parameter, in a context, that begin with what was typed
Completion = Callable[[click.Context, click.Parameter, str], list[str]]


def offered(known: Callable[[duckdb.DuckDBPyConnection], Sequence[str]]) -> Completion:
    """The words of the warehouse that begin as typed, in any case; none if there is no warehouse to read."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        with suppress(CrescendoError, duckdb.Error), warehouse.connect(read_only=True, wait=0) as connection:
            return [word for word in known(connection) if word.startswith(typed.lower())]
        return []

    return complete


def metrics_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The metrics that have observations."""
    return column(
        connection,
        "select distinct metric from metrics.dim_metrics semi join metrics.dim_series using (metric_id) order by 1",
    )


def _platforms_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return column(
        connection,
        "select distinct platform from metrics.dim_metrics semi join metrics.dim_series using (metric_id) order by 1",
    )


TYPES = offered(lambda connection: [*types_of(connection), "series"])
METRICS = offered(metrics_of)
PLATFORMS = offered(_platforms_of)
