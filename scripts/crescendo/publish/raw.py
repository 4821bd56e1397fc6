"""The declared sources as Parquet: what another engine builds the models from, each load in a folder of its own."""

from pathlib import Path

import duckdb

from crescendo import builds, dbt, warehouse
from crescendo.errors import CrescendoError
from crescendo.manifest import sources
from crescendo.privacy import private_files
from crescendo.publish.contents import Published
from crescendo.warehouse import one, quoted, text

# what Parquet has in a form that few engines read, or not at all
WRITTEN_AS = {"UUID": "varchar", "HUGEINT": "decimal(38, 0)", "UBIGINT": "decimal(20, 0)"}
LOAD = "_load_id"
# what this warehouse has judged, by which a build goes on; another engine has judged nothing
STATE = {("load_audit", "judged_series")}


def write_raw(folder: Path, file: Path) -> list[Published]:
    """Write every table that the models read as a source below `folder`/<schema>/<table>/; for its owner alone.

    A table of records has a folder for each load, `load=7`, so that a later load adds folders and changes none. Raises
    CrescendoError if a table is missing or does not read back as it was.
    """
    with private_files(), warehouse.connect(file, read_only=True) as connection:
        if mixed := builds.unbuilt(connection):
            raise CrescendoError(f"nothing was published: {mixed}")
        return [_write(connection, schema, name, folder / schema / name) for schema, name in sources(dbt.manifest())]


def _write(connection: duckdb.DuckDBPyConnection, schema: str, name: str, place: Path) -> Published:
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
        " and database_name = current_database() order by column_index",
        [schema, name],
    ).fetchall()
    if not columns:
        raise CrescendoError(f"{schema}.{name} is not in {warehouse.path()}: run `crescendo build` first")
    items = [f"{quoted(column)}::{WRITTEN_AS.get(kind, kind)} as {quoted(column)}" for column, kind in columns]
    source = f"{quoted(schema)}.{quoted(name)}" + (" limit 0" if (schema, name) in STATE else "")
    query = f"select {', '.join(items)} from {source}"
    place.mkdir(parents=True)
    rows = one(connection, f"select count(*) from ({query})")[0]
    options = "format parquet"
    if rows and LOAD in dict(columns):
        query = f"select *, {LOAD} as load from ({query}) order by load"
        options += ", partition_by (load), overwrite_or_ignore"
        target = place
    else:  # no load, no folder: one file, so that its columns are there to read
        target = place / "data_0.parquet"
    connection.execute(f"copy ({query}) to {text(str(target))} ({options})")
    names = ", ".join(f"{quoted(column)}::{WRITTEN_AS.get(kind, kind)}" for column, kind in columns)
    total = f"select count(*), coalesce(sum(hash({names})::hugeint), 0)::varchar"
    sent = one(connection, f"{total} from (from {source})")
    if sent != one(connection, f"{total} from read_parquet({text(str(place / '**' / '*.parquet'))})"):
        raise CrescendoError(f"{schema}.{name} as written to {place} is not what it should be: export again")
    return Published(f"{schema}.{name}", *sent)
