"""What is in the warehouse: files, rows, what was rejected, undeclared fields, and whether the ledger adds up."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from crescendo import builds, outcome, warehouse
from crescendo.ask.texts import _, language
from crescendo.ingest import flatten
from crescendo.shapes import Document, Source
from crescendo.sources import all_sources
from crescendo.warehouse import one, quoted

# files whose counts do not add up
UNBALANCED = """
    select _file_id, path from load_audit.files
    where records_in <> records_loaded + records_duplicate + records_rejected
        or rows_in <> rows_loaded + rows_duplicate + rows_rejected
"""

# refused files, those with rejects, then the newest: what matters is seen among a thousand. A refusal that a later
# load of the same path made good is history.
FILES = """
    select * from load_audit.files as f
    where is_current or (status = 'refused' and _file_id = (
        select max(_file_id) from load_audit.files as other where other.path = f.path))
    order by status = 'refused' desc, records_rejected + rows_rejected + values_rejected > 0 desc, _load_id desc, path
"""
# all that was rejected; of it, one example of every file and reason before the second of any
REJECTED = """
    from load_audit.rejected_records as r
    inner join load_audit.files as f on f._file_id = r._file_id and (f.is_current or f.status = 'refused')
"""
REJECTED_COUNT = f"select count(*) {REJECTED}"
REJECTED_EXAMPLES = f"""
    select f.path as file, r.* exclude (_load_id, _file_id) {REJECTED}
    order by row_number() over (partition by f.path, r.reason order by r.line, r.record_index, r.path),
        f._load_id desc, f.path, r.line, r.record_index, r.path
    limit 1000
"""
FINDINGS = """
    select finding_kind, sum(finding_count)::bigint as finding_count, any_value(k.is_set_aside) as is_set_aside,
        any_value(k.{meaning}) as meaning, min_by(struct_pack(record_id, place, example, file_path), (record_id, place))
            as example
    from quality.fct_findings inner join seeds.finding_kinds as k using (finding_kind)
    group by finding_kind order by is_set_aside desc, finding_count desc, finding_kind
"""
# the newest first: up to which load, how many of them are new, and how long loading and building took
BUILDS = """
    select finished_at, {seconds} as seconds, _load_id as newest_load_id,
        _load_id - coalesce(lag(_load_id) over in_time, 0) as new_load_count
    from load_audit.builds window in_time as (order by finished_at) order by finished_at desc limit 10
"""
# DuckDB's own count of rows, and the blocks that a table has on disk, from the largest on
SIZES = """
    select schema_name || '.' || table_name as table, estimated_size as rows
    from duckdb_tables() where not internal and not temporary and database_name = current_database()
    order by estimated_size desc, 1 limit 20
"""
BLOCKS = "select count(distinct block_id) from pragma_storage_info('{table}') where persistent"
# what raw tables hold, of records and of rows below them, and the ledger says otherwise
TAMPERED = (
    "{where} holds {found} {found:record|records} and the ledger {known}: delete the warehouse and load again",
    "{where} holds {found} {found:row|rows} in its child tables and the ledger {known}: delete the warehouse"
    " and load again",
)


@dataclass
class Status:
    """The state of the warehouse. `problems` is empty if every record is accounted for and no promise is broken.

    `rejected_count` counts all that was rejected, `rejected` has a thousand examples at most.
    """

    warehouse: str
    size_bytes: int
    loads: list[dict] = field(default_factory=list)
    files: list[dict] = field(default_factory=list)
    tables: list[dict] = field(default_factory=list)
    rejected: list[dict] = field(default_factory=list)
    unknown_fields: list[dict] = field(default_factory=list)
    findings: list[dict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    builds: list[dict] = field(default_factory=list)
    largest: list[dict] = field(default_factory=list)
    rejected_count: int = 0


def status() -> Status:
    """Read the ledger and the raw tables. Raises CrescendoError if there is no warehouse."""
    with warehouse.connect(read_only=True) as connection:
        result = Status(str(warehouse.path()), warehouse.path().stat().st_size)
        if not _rows(connection, "select 1 from information_schema.tables where table_schema = 'load_audit'"):
            return result
        result.loads = _rows(connection, "select * from load_audit.loads order by _load_id desc limit 10")
        result.builds = _builds(connection)
        result.largest = _largest(connection)
        result.files = _rows(connection, FILES)
        [result.rejected_count] = one(connection, REJECTED_COUNT)
        result.rejected = _rows(connection, REJECTED_EXAMPLES)
        result.unknown_fields = _rows(
            connection,
            """select f.path as file, u.* exclude (_load_id, _file_id) from load_audit.unknown_fields as u
            inner join load_audit.files as f on f._file_id = u._file_id and f.is_current order by all""",
        )
        result.tables = list(_tables(connection))
        result.findings = found(connection)
        unbuilt = filter(None, [builds.unbuilt(connection)])
        result.problems = [*_problems(connection), *outcome.noted(connection), *unbuilt]
        return result


def _builds(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """The last ten builds of `crescendo build`, the newest first: when, in how many seconds, of which loads."""
    if not _exists(connection, "load_audit", "builds"):
        return []
    # a warehouse of an older version did not note the time
    columns = connection.execute("select column_name from duckdb_columns() where table_name = 'builds'").fetchall()
    return _rows(connection, BUILDS.format(seconds="seconds" if ("seconds",) in columns else "null::double"))


def _largest(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """The twenty tables of most rows, and the bytes that each has on disk."""
    [block_size] = one(connection, "select block_size from pragma_database_size()")
    tables = _rows(connection, SIZES)
    for table in tables:
        [blocks] = one(connection, BLOCKS.format(table=table["table"]))
        table["bytes"] = blocks * block_size
    return tables


def found(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """What is wrong with the data, a row a kind: how often, an example, what it means. Set aside first."""
    if not _exists(connection, "quality", "fct_findings"):
        return []
    # a warehouse of an older version has the meanings in English alone
    columns = connection.execute("select column_name from duckdb_columns() where table_name = 'finding_kinds'")
    own = f"meaning_{language()}"
    return _rows(connection, FINDINGS.format(meaning=own if (own,) in columns.fetchall() else "meaning"))


def _exists(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    asked = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
    return connection.execute(asked, [schema, table]).fetchone() is not None


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[dict]:
    """Each raw table: its rows, its newest day, and a digest of what it says (not of where it came from)."""
    # a column that the declaration has gained since is added by the next load
    existing: dict[tuple[str, str], set[str]] = {}
    for row in _rows(connection, "select table_schema, table_name, column_name from information_schema.columns"):
        existing.setdefault((row["table_schema"], row["table_name"]), set()).add(row["column_name"])
    declared = {
        (source.schema, table.name): table
        for source in all_sources().values()
        for document in source.documents
        for table in flatten.raw_tables(document)
    }
    for (schema, name), table in declared.items():
        if (schema, name) in existing:
            yield _table(connection, schema, table, existing[schema, name])


def _table(connection: duckdb.DuckDBPyConnection, schema: str, table: flatten.RawTable, existing: set[str]) -> dict:
    columns = {name: kind for name, kind in table.columns.items() if name in existing}
    unsaid = flatten.LOADER_COLUMNS if table.is_root else ("_load_id",)
    said = [quoted(name) for name in columns if name not in unsaid]
    days = [quoted(name) for name, kind in columns.items() if kind == "DATE"]
    newest = f"max({days[0]})" if days else "null::date"
    name = f"{quoted(schema)}.{quoted(table.name)}"
    [row] = _rows(
        connection,
        f"select count(*) as rows, {newest} as newest_day,"
        f" printf('%x', coalesce(bit_xor(hash({', '.join(said)})), 0)) as digest from {name}",
    )
    return {"table": f"{schema}.{table.name}", **row}


def _problems(connection: duckdb.DuckDBPyConnection) -> list[str]:
    problems = [
        _("{path}: records or rows in are not loaded + duplicate + rejected; load the file again", path=row["path"])
        for row in _rows(connection, UNBALANCED)
    ]
    existing = {(row["table_schema"], row["table_name"]) for row in _rows(connection, "from information_schema.tables")}
    for source in all_sources().values():
        documents: dict[str, list[Document]] = {}  # several documents may share a table
        for document in source.documents:
            documents.setdefault(document.table, []).append(document)
        for table, sharing in documents.items():
            if (source.schema, table) in existing:
                problems += _imbalance(connection, source, sharing)
    return problems


def _imbalance(connection: duckdb.DuckDBPyConnection, source: Source, documents: list[Document]) -> list[str]:
    """Whether the raw tables of documents that share them hold just what the ledger says they do."""
    owned = one(
        connection,
        """select count(*), coalesce(sum(row_count), 0)::bigint from (
            select distinct r._row_id, r.row_count from load_audit.file_records as r
            inner join load_audit.files as f on f._file_id = r._file_id
            where f.is_current and f.source = ? and f.document in (select unnest(?)))""",
        [source.name, [document.name for document in documents]],
    )
    tables = {table.name: table.is_root for document in documents for table in flatten.raw_tables(document)}
    held = [0, 0]
    for name, is_root in tables.items():
        [count] = one(connection, f"select count(*) from {quoted(source.schema)}.{quoted(name)}")
        held[0 if is_root else 1] += count
    where = f"{source.schema}.{documents[0].table}"
    return [
        _(text, where=where, found=found, known=known)
        for text, found, known in zip(TAMPERED, held, owned, strict=True)
        if found != known
    ]
