"""Where a record was read last: the file, and its place in it, that its raw row names.

Of two versions of one thing the one that was read last may count, so it matters where each was read. A record that
several files hold is one raw row. It was read last in the last of those files that is still held, and within that file
where it is last. The models order by `_load_id`, `_file_id`, `_index` of the raw row: so the row names that place, and
moves with every file that brings the record again, and back when that file is forgotten. A list of a page names the
load of its page, and moves with it.
"""

from collections.abc import Iterable

import duckdb

from crescendo.ingest.flatten import RawTable
from crescendo.ingest.workbench import Workbench
from crescendo.shapes import Source
from crescendo.warehouse import one, quoted, text, transaction

Documents = Iterable[tuple[Source, list[RawTable]]]
# what a load has met again: in the load's connection, until the load ends
REPEATED = "root varchar, _row_id uuid, _file_id bigint, _index bigint"
OF_RETIRED = "_file_id in (select _file_id from load_audit.files where not is_current)"


def root_of(source: Source, tables: list[RawTable]) -> str:
    """The raw table of a document's records, as SQL."""
    return f"{quoted(source.schema)}.{quoted(tables[0].name)}"


def note_repeated(bench: Workbench, root: str) -> None:
    """Note the records of a batch that were there before, or earlier in the batch; `fresh` are the others."""
    [good, fresh] = one(
        bench.scratch, "select (select count(*) from judged where not is_rejected), (select count(*) from fresh)"
    )
    if good > fresh:
        bench.load.execute(f"create temp table if not exists repeated ({REPEATED})")
        again = f"""select {text(root)}, _row_id, max_by(_file_id, id), max_by(_index, id) from judged
            where not is_rejected and id not in (select id from fresh) group by _row_id"""
        bench.copy(again, into="repeated")


def move_repeated(connection: duckdb.DuckDBPyConnection, documents: Documents) -> None:
    """Let the rows of records that a load has met again name where it met them last."""
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
    """Let the rows that name a file which is held no more name the last that is; returns the tables that changed."""
    root = root_of(source, tables)
    if not connection.execute(f"select 1 from {root} where {OF_RETIRED} limit 1").fetchone():
        return set()
    among = f"semi join (select _row_id from {root} where {OF_RETIRED}) as t on t._row_id = r._row_id"
    return _move(connection, source, tables, _last_held(among), f"t.{OF_RETIRED}")


def _last_held(among: str = "") -> str:
    """SQL: of each record, the last file that is held and has it, and its place there."""
    return f"""select r._row_id, max(r._file_id) as _file_id, max_by(r._index, r._file_id) as _index
        from load_audit.file_records as r
        semi join load_audit.files as f on f._file_id = r._file_id and f.is_current {among}
        group by r._row_id"""


def _move(
    connection: duckdb.DuckDBPyConnection, source: Source, tables: list[RawTable], places: str, which: str
) -> set[tuple[str, str]]:
    """Give rows their places. `which` are those that move, as SQL over the rows `t` and their places `p`."""
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
    """Mend a warehouse of an earlier version, in which a row named the first file; returns the tables that changed.

    Where each file has a record was not noted then: it is taken to be where the file has it that the row names.
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
