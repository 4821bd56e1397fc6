"""Answers as they were known: the observations of an earlier build, and what is read off them, in a copy.

What a build replaces is kept (docs/decisions/0021). Names, groups, recordings and the catalogue are those of today.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from graphlib import TopologicalSorter

import duckdb

from crescendo import dbt, warehouse
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

OBSERVATIONS = "fct_observations"
# the series as their observations say, for a model that reads what was received
SERIES = """
    create or replace table metrics.dim_series as
    select
        series_id, any_value(subject_id) as subject_id, any_value(metric_id) as metric_id,
        min(observed_date) as first_date, max(observed_date) as last_date, count(*) as observation_count
    from metrics.fct_observations inner join metrics.dim_series as s using (series_id)
    group by series_id
"""


@contextmanager
def as_known_at(moment: str) -> Iterator[None]:
    """Inside, the warehouse is as the last build by a moment left it, or by the end of a day; UTC.

    A copy that is thrown away; no other process writes meanwhile. An empty moment is now. Raises CrescendoError if it
    is none, or if nothing was built by then, or if the project is not at hand.
    """
    if not moment:
        yield
        return
    end = _end(moment)
    with warehouse.connect(read_only=True) as connection:
        _check(connection, moment, end)
    statements = _statements(dbt.manifest())
    with warehouse.renewed(keep=False):
        with warehouse.connect() as connection:
            restore(connection, end, statements)
        yield


def restore(connection: duckdb.DuckDBPyConnection, end: datetime, statements: list[str]) -> None:
    """Put the observations as they were known at a moment in the place of those of today, and what is read off them."""
    connection.execute("set preserve_insertion_order = true")
    connection.execute(
        "create table metrics.known as from metrics.observations_known_at(?) order by observed_date, series_id", [end]
    )
    connection.execute(f"drop table metrics.{OBSERVATIONS}; alter table metrics.known rename to {OBSERVATIONS}")
    for statement in [SERIES, *statements]:
        connection.execute(statement)


def _end(moment: str) -> datetime:
    """The moment itself, or the last of a day."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise CrescendoError(
            _("--as-known-at {said} is no day and no moment: type 2025-04-30 or 2025-04-30T18:00", said=repr(moment))
        ) from None
    if len(moment) == len("2025-04-30"):
        return found.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _check(connection: duckdb.DuckDBPyConnection, moment: str, end: datetime) -> None:
    """Raises CrescendoError if nothing was built by then."""
    made = "select count(*) from duckdb_tables() where (schema_name, table_name) = ('load_audit', 'judgements')"
    first = None
    if warehouse.one(connection, made)[0]:
        [first] = warehouse.one(connection, "select min(judged_at) from load_audit.judgements")
    if first is None:
        raise CrescendoError(_("nothing is known of earlier builds: run `crescendo build`"))
    if end < first:
        raise CrescendoError(
            _(
                "--as-known-at {moment}: nothing was built by then; the first build that is known is of {first} UTC",
                moment=moment,
                first=f"{first:%Y-%m-%d %H:%M}",
            )
        )


def _statements(manifest: dbt.Manifest) -> list[str]:
    """What makes the tables that table functions read and that are read off the observations, in order."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    parents = {key: {name for name in node["depends_on"]["nodes"] if name in models} for key, node in models.items()}
    functions = {key for key, node in models.items() if node["config"]["materialized"] == "table_function"}
    children: dict[str, set[str]] = {key: set() for key in models}
    for key, above in parents.items():
        for name in above:
            children[name].add(key)
    given = {key for key, node in models.items() if node["name"] in (OBSERVATIONS, "dim_series")}
    wanted = _reached(given, children) & _reached(functions, parents) - given
    order = [key for key in TopologicalSorter(parents).static_order() if key in wanted]
    return [
        f"create or replace table {node['schema']}.{node['name']} as {node['compiled_code']}"
        for node in map(models.__getitem__, order)
        if node["config"]["materialized"] in ("table", "incremental")
    ]


def _reached(begin: set[str], edges: dict[str, set[str]]) -> set[str]:
    """What the edges lead to from some nodes, these among them."""
    found, waiting = set(begin), [*begin]
    while waiting:
        more = edges[waiting.pop()] - found
        found |= more
        waiting += more
    return found
