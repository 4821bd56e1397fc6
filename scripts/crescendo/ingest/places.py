"""Where a record was read last: its raw row names the file, and the place of the record in it.

If nothing dates two versions of a lead, the one that was read last counts. A record that several files have is one raw
row. It was read last in the last of these files that was not forgotten or replaced; if the file has it twice, at the
second place. The models order versions by `_load_id`, `_file_id` and `_index` of the raw row. So a load updates these
columns if a file repeats a record, and `forget` sets them back. Rows of child tables have their record's `_load_id`.
"""

from collections.abc import Iterable

import duckdb

from crescendo.ingest.flatten import RawTable
from crescendo.ingest.workbench import Workbench
from crescendo.shapes import Source
from crescendo.warehouse import one, quoted, text, transaction

Documents = Iterable[tuple[Source, list[RawTable]]]
# the records that a load read again: a table of the load's connection, until the load ends
REPEATED = "root varchar, _row_id uuid, _file_id bigint, _index bigint"
OF_RETIRED = "_file_id in (select _file_id from load_audit.files where not is_current)"


def root_of(source: Source, tables: list[RawTable]) -> str:
    """The raw table of a document's records, as SQL."""
    return f"{quoted(source.schema)}.{quoted(tables[0].name)}"


def note_repeated(bench: Workbench, root: str) -> None:
    """Note the records of a batch that were loaded before, or are earlier in the batch; `fresh` has the others."""
    [good, fresh] = one(
        bench.scratch, "select (select count(*) from judged where not is_rejected), (select count(*) from fresh)"
    )
    if good > fresh:
        bench.load.execute(f"create temp table if not exists repeated ({REPEATED})")
        again = f"""select {text(root)}, _row_id, max_by(_file_id, id), max_by(_index, id) from judged
            where not is_rejected and id not in (select id from fresh) group by _row_id"""
        bench.copy(again, into="repeated")


def move_repeated(connection: duckdb.DuckDBPyConnection, documents: Documents) -> None:
    """Update the file and position of raw rows that this load has read again: they are those of the last reading."""
    known = "select 1 from duckdb_tables() where temporary and table_name = 'repeated'"
    if not connection.execute(known).fetchone():
        return
    met = {root for (root,) in connection.execute("select distinct root from repeated").fetchall()}
    for source, tables in documents:
        if root_of(source, tables) in met:
            places = f"""select _row_id, max(_file_id) as _file_id, max_by(_index, (_file_id, _index)) as _index
                from repeated where root = {text(root_of(source, tables))} group by _row_id"""
            _move(connection, source, tables, places, "(t._file_id, t._index) < (p._file_id, p._index)")
    connection.execute("drop table repeated")


def move_back(connection: duckdb.DuckDBPyConnection, source: Source, tables: list[RawTable]) -> set[tuple[str, str]]:
    """Give the raw rows that name a forgotten or replaced file the last file that is neither.

    Returns the tables that changed.
    """
    root = root_of(source, tables)
    if not connection.execute(f"select 1 from {root} where {OF_RETIRED} limit 1").fetchone():
        return set()
    among = f"semi join (select _row_id from {root} where {OF_RETIRED}) as t on t._row_id = r._row_id"
    return _move(connection, source, tables, _last_held(among), f"t.{OF_RETIRED}")


def _last_held(among: str = "") -> str:
    """SQL: of each record, the last file with it that was not forgotten or replaced, and its place there."""
    return f"""select r._row_id, max(r._file_id) as _file_id, max_by(r._index, r._file_id) as _index
        from load_audit.file_records as r
        semi join load_audit.files as f on f._file_id = r._file_id and f.is_current {among}
        group by r._row_id"""


def _move(
    connection: duckdb.DuckDBPyConnection, source: Source, tables: list[RawTable], places: str, which: str
) -> set[tuple[str, str]]:
    """Set the places of raw rows. `which` says of which rows, as SQL over the rows `t` and their new places `p`.

    Returns the tables that changed.
    """
    root, changed = root_of(source, tables), set()
    connection.execute(f"""
        create or replace temp table places as
        select p._row_id, p._file_id, p._index, f._load_id from ({places}) as p
        inner join load_audit.files as f on f._file_id = p._file_id
        inner join {root} as t on t._row_id = p._row_id where {which}
    """)
    moved = f"""update {root} as t set _load_id = p._load_id, _file_id = p._file_id, _index = p._index
        from places as p where p._row_id = t._row_id"""
    if one(connection, moved)[0]:
        changed.add((source.schema, tables[0].name))
        for table in tables[1:]:
            name = f"{quoted(source.schema)}.{quoted(table.name)}"
            carried = f"update {name} as t set _load_id = p._load_id from places as p"
            carried += " where p._row_id = t._parent_row_id"
            if "_load_id" in table.columns and one(connection, carried)[0]:
                changed.add((source.schema, table.name))
    connection.execute("drop table places")
    return changed


def upgrade(connection: duckdb.DuckDBPyConnection, documents: Documents) -> set[tuple[str, str]]:
    """Update a warehouse of an earlier version, in which a raw row named the first file with the record.

    The places in the other files were not noted then: the place in the first file is taken for them. Returns the tables
    that changed.
    """
    known = "select column_name from duckdb_columns() where (schema_name, table_name) = ('load_audit', 'file_records')"
    if ("_index",) in connection.execute(known).fetchall():
        return set()
    changed: set[tuple[str, str]] = set()
    with transaction(connection):
        connection.execute("alter table load_audit.file_records add column _index bigint")
        for root in sorted({root_of(source, tables) for source, tables in documents}):
            connection.execute(f"""
                update load_audit.file_records as r set _index = t._index from {root} as t where t._row_id = r._row_id
            """)
        for source, tables in documents:
            changed |= _move(connection, source, tables, _last_held(), "t._file_id is distinct from p._file_id")
    return changed
