"""A batch that was judged into the raw tables and the ledger, every record and row accounted for."""

from collections import defaultdict
from itertools import islice

from crescendo.ingest import flatten, ledger, places
from crescendo.ingest.judge import mended
from crescendo.ingest.ledger import FileResult
from crescendo.ingest.plan import Batch
from crescendo.ingest.workbench import Workbench
from crescendo.warehouse import one, quoted, text
from crescendo.withheld import shown


def deliver(bench: Workbench, batch: Batch) -> None:
    """Load a judged batch into its raw tables, and its rejects, unknown fields and counts into the ledger."""
    schema, tables = quoted(batch.files[0].source.schema), flatten.raw_tables(batch.document)
    _choose(bench, batch, places.root_of(batch.files[0].source, tables))
    _accept(bench, batch)
    inserted = 0
    for table in tables:
        columns = ", ".join(quoted(column) for column in table.columns)
        rows = bench.copy(table.query, into=f"{schema}.{quoted(table.name)} ({columns})")
        inserted += 0 if table.is_root else rows
    # all of them, even if no row is new: another file holds their records now
    ledger.touch(bench.load, [(batch.files[0].source.schema, table.name) for table in tables], batch.load_id)
    count(bench, batch, inserted)
    held = "select _file_id, _row_id, rows_in - rows_rejected, max(_index) from judged"
    held += " where not is_rejected group by all"
    bench.copy(held, into="load_audit.file_records (_file_id, _row_id, row_count, _index)")
    places.note_repeated(bench, places.root_of(batch.files[0].source, tables))
    _enter(bench, batch)


def _choose(bench: Workbench, batch: Batch, root_table: str) -> None:
    """Leave `fresh`: the records to load, which are not rejected, the first of their id, and not there yet."""
    good = "from judged where not is_rejected"
    held = f"select _row_id from {root_table} where {_alike(bench, batch)}"
    with bench.lend(f"select _row_id {good}") as ids:
        if not bench.is_one:
            held += f" and _row_id in ({ids})"
        with bench.borrow(held) as held_ids:
            bench.scratch.execute(f"""
                create or replace temp table fresh as
                select j.id, j._row_id, j._index, j._file_id, {batch.load_id} as _load_id
                from (select *, row_number() over (partition by _row_id order by id) as nth {good}) as j
                anti join ({held_ids}) as t on t._row_id = j._row_id
                where j.nth = 1
            """)


def _alike(bench: Workbench, batch: Batch) -> str:
    """A condition that raw rows with the id of a record in this batch fulfil: the facts that all its records have.

    An id is made of the facts, too. Rows of other days are not read, as DuckDB knows what each block of a column holds.
    """
    if batch.document.layout != "page" or not batch.columns.scalars:
        return "true"
    bounds = ", ".join(
        f"min({name}), if(count({name}) = count(*), max({name}), null)" for name in batch.columns.scalar_names
    )
    [found] = bench.scratch.execute(f"select {bounds} from staged").fetchall()
    facts = zip(batch.columns.scalars, found[::2], found[1::2], strict=True)
    # no SQL text has a NUL
    same = [(fact, least) for (_, fact), least, most in facts if least and least == most and "\0" not in least]
    return " and ".join(f"{quoted(fact.column)} = {text(value)}" for fact, value in same) or "true"


def _accept(bench: Workbench, batch: Batch) -> None:
    """Leave the view `accepted`: the staged records to load, mended if they took the slow path; and `placed` of them.

    What is not loaded is deleted from `staged`: a join would copy every list of the records that are. The places of
    one file's records are counted without a join if all of its lines are records, so that DuckDB writes the rows on
    every core, in their order.
    """
    columns = batch.columns
    accepted = f"select {', '.join(['_row_id', *columns.scalar_names, *columns.typed_names])}, rowid as id from staged"
    if bench.scratch.execute("from repaired limit 1").fetchone():
        read_again = [f"{value} as {name}" for name, value in zip(columns.typed_names, mended(columns), strict=True)]
        bench.scratch.execute(f"""
            create or replace temp table mended as
            select {", ".join(["f._row_id", *(f"r.{name}" for name in columns.scalar_names), *read_again])}, f.id
            from staged as s
            inner join repaired as r on r.id = s.rowid
            inner join fresh as f on f.id = s.rowid
        """)
        accepted += " union all from mended"
    placed = "select a.*, f._index, f._file_id from accepted as a inner join fresh as f on f._row_id = a._row_id"
    if len(batch.files) == 1 and not batch.bad_lines[batch.results[0].file_id]:
        [first] = one(bench.scratch, "select coalesce(min(id), 0) from judged")
        places = f"id - {first} + 1 as _index, {batch.results[0].file_id} as _file_id"
        placed = f"select *, {places} from accepted"
    bench.scratch.execute(f"""
        delete from staged where rowid not in (select id from fresh) or rowid in (select id from repaired);
        create or replace temp view accepted as select *, {batch.load_id} as _load_id from ({accepted});
        create or replace temp view placed as {placed}
    """)


def count(bench: Workbench, batch: Batch, inserted: int) -> None:
    """Account for every record and row, against the lines of the file and the rows the raw tables took."""
    counted = {
        row[0]: row[1:]
        for row in bench.scratch.execute("""
            select j._file_id, count(*), count(f.id), count(*) filter (where j.is_rejected),
                sum(j.rows_in), sum(j.rows_in - j.rows_rejected) filter (where f.id is not null),
                sum(j.rows_rejected)
            from judged as j left join fresh as f on f.id = j.id group by all
        """).fetchall()
    }
    for result in batch.results:
        staged, loaded, rejected, rows_in, rows_loaded, rows_rejected = (
            int(value or 0) for value in counted.get(result.file_id, (0,) * 6)
        )
        bad_lines = len(batch.bad_lines[result.file_id])
        result.counts |= {
            "records_in": staged + bad_lines,
            "records_loaded": loaded,
            "records_duplicate": staged - loaded - rejected,
            "records_rejected": rejected + bad_lines,
            "rows_in": rows_in,
            "rows_loaded": rows_loaded,
            "rows_duplicate": rows_in - rows_loaded - rows_rejected,
            "rows_rejected": rows_rejected,
            "values_rejected": sum(reject[:2] == (result.file_id, "value") for reject in batch.rejects),
        }
    expected = sum(result.counts["rows_loaded"] for result in batch.results)
    if expected != inserted:
        raise RuntimeError(f"{expected} rows were counted and {inserted} written: nothing was loaded")


def _enter(bench: Workbench, batch: Batch) -> None:
    """Enter a batch in the ledger, but for files that were refused for the same reason when they were last met."""
    # an address is shown to nobody, wherever a line broke
    batch.rejects = [(*row[:-1], shown(row[-1])) if "@" in (row[-1] or "") else row for row in batch.rejects]
    kinds = _kinds(batch.rejects)
    for result in batch.results:
        rejects = (row[1:] for row in batch.rejects if row[0] == result.file_id)
        result.rejects = [dict(zip(ledger.REJECT, row, strict=True)) for row in islice(rejects, ledger.MOST_SHOWN)]
        result.reject_kinds = kinds[result.file_id]
        _refuse_empty(result)
        if result.status == "refused" and ledger.last_reason(bench.load, result.path) == result.reason:
            result.file_id = 0
    entered = {result.file_id for result in batch.results}
    for table, rows in (("rejected_records", batch.rejects), ("unknown_fields", batch.unknown)):
        said = [[batch.load_id, *row] for row in rows if row[0] in entered]
        ledger.append(bench.load, f"load_audit.{table}", said)
    ledger.write_files(bench.load, batch.load_id, [result for result in batch.results if result.file_id])


def _kinds(rejects: list[tuple]) -> dict[int, list[dict]]:
    """By file, the first reject of each level, field and reason, and how many there are of it."""
    counts: dict[tuple, int] = {}
    first: dict[tuple, tuple] = {}
    for file_id, level, index, line, path, reason, sample in rejects:
        kind = (file_id, level, ledger.field_of(path), reason)
        first.setdefault(kind, (level, index, line, path, reason, sample))
        counts[kind] = counts.get(kind, 0) + 1
    found: dict[int, list[dict]] = defaultdict(list)
    for kind, row in first.items():
        found[kind[0]].append(dict(zip(ledger.REJECT, row, strict=True)) | {"count": counts[kind]})
    return found


def _refuse_empty(result: FileResult) -> None:
    """Refuse a file of whose records not one can be loaded: what its path once brought stays."""
    records = result.counts["records_in"]
    if not records or result.counts["records_rejected"] < records:
        return
    first = next(reject for reject in result.rejects if reject["level"] == "record")
    place = [f"line {first['line']}"] if first["line"] else []
    if not first["line"] and first["record_index"] and result.counts["records_in"] > 1:
        place = [f"record {first['record_index']}"]
    place += [first["path"]] if first["path"] else []
    what = "its record cannot" if records == 1 else f"none of its {records:,} records can"
    result.status, result.reason = "refused", f"is not loaded: {what} be: {': '.join([*place, first['reason']])}"
