"""One batch of files on its way into the raw tables: staged, judged, accepted, counted.

Temporary tables: `stage` (one row per record, flatten.py), `judged` (what becomes of each), `repaired` (clean JSON of
the records that had to be read carefully), and the view `accepted` that the raw tables are filled from.
"""

import gzip
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from crescendo import audit, careful, flatten, landing
from crescendo.audit import FileResult
from crescendo.errors import CrescendoError
from crescendo.landing import Content, Incoming
from crescendo.shapes import Document
from crescendo.warehouse import quoted, text

CAREFUL_CHUNK = 200
# DuckDB parses a text anew for each question about it, and forgets nothing until the chunk is done: a hundredfold
INSPECTED_BYTES = 1 << 20
LINE_REASONS = {
    "MISSING COLUMNS": "has too few columns",
    "TOO MANY COLUMNS": "has too many columns",
    "UNQUOTED VALUE": "has a quote that is not closed, or text around one",
    "INVALID ENCODING": "is not UTF-8",
    "INVALID UNICODE": "is not UTF-8",
    "LINE SIZE OVER MAXIMUM": f"is longer than {landing.LARGEST_LINE >> 20} MiB",
}


@dataclass
class Batch:
    """Files of one document, format and header, with their ledger entries and what their text holds."""

    files: list[Incoming]
    results: list[FileResult]
    contents: list[Content]
    load_id: int
    bad_lines: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    lost_lines: dict[int, int] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """What the files are."""
        return self.files[0].document


def fill(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Load a batch into its raw tables, and its rejects, unknown fields and counts into the ledger."""
    source, tables = batch.files[0].source, flatten.raw_tables(batch.document)
    _stage(connection, batch)
    _reject_lines(connection, batch)
    _check_lines(connection, batch)
    _judge(connection, batch)
    _accept(connection, batch, f"{quoted(source.schema)}.{quoted(tables[0].name)}")
    inserted = 0
    for table in tables:
        columns = ", ".join(quoted(column) for column in table.columns)
        target = f"{quoted(source.schema)}.{quoted(table.name)} ({columns})"
        rows = connection.execute(f"insert into {target} {table.insert}").fetchone()[0]
        inserted += 0 if table.is_root else rows
    _count(connection, batch, inserted)
    connection.execute(
        "insert into load_audit.file_records"
        " select distinct _file_id, _row_id, rows_in - rows_rejected from judged where not is_rejected"
    )


def _stage(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    with tempfile.TemporaryDirectory(prefix="crescendo-") as folder:
        # DuckDB takes some characters of a file's name for a pattern, so it is given links with plain names
        links = []
        for file, result in zip(batch.files, batch.results, strict=True):
            link = Path(folder) / f"{result.file_id}{'.gz' if file.gzipped else ''}"
            if file.format == "page" and file.gzipped:  # DuckDB reads whole files as they are
                link.write_bytes(gzip.decompress(file.path.read_bytes()))
            else:
                link.symlink_to(file.path)
            links.append(link)
        _list_files(connection, batch, [str(link) for link in links])
        if batch.files[0].format == "array":
            _check_arrays(connection, landing.records(batch.files[0], landing.listed(links)))
        read = landing.relation(batch.files, links)
        connection.execute(flatten.stage(batch.document, read.sql, read.columns, read.broken, read.unknown))
    for file, content in zip(batch.files, batch.contents, strict=True):
        if file.path.stat().st_size != file.size:
            raise CrescendoError(f"{file.path} changed while it was read: load it again when it is whole ({content})")


def _check_arrays(connection: duckdb.DuckDBPyConnection, records: str) -> None:
    """Raise Unreadable where DuckDB cannot read an array to its end.

    On a connection of its own, because an error ends a transaction.
    """
    with connection.cursor() as other:
        try:
            other.execute(f"select count(*) from ({records})")
        except duckdb.InvalidInputException as error:
            reason = re.sub(r'^.*?: | in file ".*?"|\. (Try|$).*', "", str(error).splitlines()[0])
            raise Unreadable(f"is not a whole JSON array: {reason}") from None


def _list_files(connection: duckdb.DuckDBPyConnection, batch: Batch, links: list[str]) -> None:
    """Leave `batch_files`: a file's link, its number, and what its page was asked for."""
    asked = [leaf.key for leaf in flatten.scalars(batch.document)] if batch.document.layout == "page" else []
    columns = "".join(f", {quoted(key)} varchar" for key in asked)
    connection.execute(f"create or replace temp table batch_files (filename varchar, id bigint{columns})")
    rows = zip(links, batch.results, batch.files, strict=True)
    audit.append(connection, "batch_files", [[link, result.file_id, *file.facts] for link, result, file in rows])


class Unreadable(Exception):  # noqa: N818 a finding, not a failure
    """A batch that DuckDB cannot read as a whole; its reason is fit for the ledger."""


def _reject_lines(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Enter the lines that DuckDB could not read as records."""
    if batch.files[0].format not in ("csv", "lines"):
        return
    rows = connection.execute(
        """
        select f.id, e.line, min_by(e.column_idx, e.byte_position), min_by(e.error_type::varchar, e.byte_position),
            min(e.byte_position), min_by(e.csv_line, e.byte_position)[:200]
        from reject_errors as e
        inner join reject_scans as s on s.scan_id = e.scan_id and s.file_id = e.file_id
        inner join batch_files as f on f.filename = s.file_path
        group by f.id, e.line order by f.id, e.line
        """
    ).fetchall()
    rejects = []
    files = {result.file_id: file for file, result in zip(batch.files, batch.results, strict=True)}
    for file_id, line, column, kind, position, shown in rows:
        batch.bad_lines[file_id].add(line)
        header = batch.files[0].header
        path = header[column - 1] if kind != "TOO MANY COLUMNS" and 0 < (column or 0) <= len(header) else None
        reason = LINE_REASONS.get(kind, kind.lower())
        sample = landing.line_at(files[file_id], position) or shown
        rejects.append((file_id, "record", None, line, path, reason, sample))
    _enter_rejects(connection, batch, rejects)


def _check_lines(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Hold the records against the lines of their file. Raises Unreadable where a file among others does not add up."""
    if batch.files[0].format not in ("csv", "lines"):
        return
    counts = "select f.id, count(s.filename) from batch_files as f left join stage as s using (filename) group by f.id"
    staged = dict(connection.execute(counts).fetchall())
    for file, result, content in zip(batch.files, batch.results, batch.contents, strict=True):
        bad = batch.bad_lines[result.file_id]
        lost = landing.lines_lost(file, content, staged[result.file_id] + len(bad))
        if lost and len(batch.files) > 1:
            raise Unreadable("does not add up")  # alone, DuckDB says at which line
        if lost:
            batch.lost_lines[result.file_id] = lost
            reason = f"{lost} lines could not be told apart: a quote is open before one of them"
            _enter_rejects(
                connection, batch, [(result.file_id, "record", None, min(bad, default=None), None, reason, None)]
            )


def _enter_rejects(connection: duckdb.DuckDBPyConnection, batch: Batch, rejects: list[tuple]) -> None:
    """Enter rejects in the ledger: (file id, level, record index, line, path, reason, sample)."""
    audit.append(connection, "load_audit.rejected_records", [[batch.load_id, *reject] for reject in rejects])


def _judge(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Decide for every staged record: its file, its place, whether it can be loaded, how many rows it makes."""
    roots = list(enumerate(flatten.json_roots(batch.document)))
    _inspect(connection, batch, roots)
    _read_carefully(connection, batch, roots)
    certified = " + ".join(
        f"case when r.id is null or s.x{n} is null then coalesce(s.n{n}, 0) else 0 end" for n, _ in roots
    )
    repaired_id = flatten.row_id([f"s.{name}" for name in _scalar_names(batch)] + _mended(roots))
    # the lists of records read carefully, and no others, pass through a join
    connection.execute(f"""
        create or replace temp table judged as
        with renamed as (
            select r.id, r.is_rejected, r.rows_in, r.rows_rejected, {repaired_id} as _row_id
            from stage as s inner join repaired as r on r.id = s.rowid
        )
        select
            s.rowid as id, f.id as _file_id, coalesce(r._row_id, s._row_id) as _row_id,
            s.rowid - min(s.rowid) over (partition by f.id) + 1 as _index,
            coalesce(r.is_rejected, false) as is_rejected,
            {certified or 0} + coalesce(r.rows_in, 0) as rows_in,
            case when r.is_rejected then {certified or 0} + r.rows_in else coalesce(r.rows_rejected, 0) end
                as rows_rejected
        from stage as s
        inner join batch_files as f on f.filename = s.filename
        left join renamed as r on r.id = s.rowid
    """)
    _enter_unknown(connection, batch, roots)
    _enter_careful_rejects(connection, batch)


def _inspect(connection: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Look at the keys and types of every text that is not certified; leaves `inspected`."""
    found: list[str] = []
    trusted, unknown = ["_broken is null", "_scalars_clean"], ["coalesce(_unknown, [])"]
    for number, root in roots:
        keys, paths, believable = flatten.inspection(root, number)
        found += keys
        trusted.append(f"(x{number} is null or coalesce({believable}, false))")
        # '$[*].key' is a place within the root: 'timeSeries[*].key'
        shown = f"list_transform({paths}, lambda k: {text(root.key)} || replace(k[2:], '\"', ''))"
        unknown.append(f"coalesce({shown}, [])")
    sound = [f"coalesce(x{number} is null or json_valid(x{number}), false) as sound{number}" for number, _ in roots]
    lengths = " + ".join(f"coalesce(strlen(x{number}), 0)" for number, _ in roots) or "0"
    connection.execute(f"""
        create or replace temp table inspected (id bigint, is_trusted boolean, unknown varchar[]);
        create or replace temp table doubtful as
        select rowid as id, sum({lengths}) over (order by rowid) // {INSPECTED_BYTES} as chunk from stage
        where not _certain or not _scalars_clean or _broken is not null or len(_unknown) > 0
    """)
    chunks = connection.execute("select min(id), max(id) from doubtful group by chunk order by chunk").fetchall()
    for first, last in chunks:
        connection.execute(f"""
            insert into inspected
            with doubtful_now as (
                select d.id, s.* from stage as s inner join doubtful as d on d.id = s.rowid
                where s.rowid between {first} and {last}
            ),
            tried as (select {", ".join(["*", *sound])} from doubtful_now),
            listed as (
                select {", ".join(["*", *found])} from tried
                where {" and ".join(f"sound{n}" for n, _ in roots) or "true"}
            )
            select id, {" and ".join(trusted)} as is_trusted, {" || ".join(unknown)} as unknown from listed
            union all
            select id, false, coalesce(_unknown, []) from tried
            where not ({" and ".join(f"sound{n}" for n, _ in roots) or "true"})
        """)


def _read_carefully(connection: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Read what is not trusted record by record; leaves `repaired` and `careful_rejects`."""
    texts = ", ".join(f"x{number} varchar" for number, _ in roots)
    connection.execute(f"""
        create or replace temp table repaired
            (id bigint, is_rejected boolean, rows_in bigint, rows_rejected bigint{", " + texts if texts else ""});
        create or replace temp table careful_rejects
            (id bigint, level varchar, path varchar, reason varchar, sample varchar);
        create or replace temp table careful_unknown (id bigint, path varchar, sample varchar)
    """)
    ids = connection.execute("select id from inspected where not is_trusted order by id").fetchall()
    for start in range(0, len(ids), CAREFUL_CHUNK):
        chunk = [row[0] for row in ids[start : start + CAREFUL_CHUNK]]
        repaired, rejects, unknown = [], [], []
        for number, reading in _readings(connection, batch, roots, chunk):
            clean = [reading.texts.get(root.key) for _, root in roots]
            repaired.append([number, reading.record_rejected, reading.rows_in, reading.rows_rejected, *clean])
            rejects += [[number, r.level, r.path[:200], r.reason, r.sample] for r in reading.rejects]
            unknown += [[number, path, sample] for path, sample in reading.unknown.items()]
        audit.append(connection, "repaired", repaired)
        audit.append(connection, "careful_rejects", rejects)
        audit.append(connection, "careful_unknown", unknown)


def _readings(connection: duckdb.DuckDBPyConnection, batch: Batch, roots: list, ids: list[int]):
    """(id, reading) of staged records, by their ids."""
    fields = flatten.scalars(batch.document)
    columns = [f"r{number}" for number in range(len(fields))] + [f"x{number}" for number, _ in roots]
    rows = connection.execute(
        f"select rowid, _broken, {', '.join(columns)} from stage where rowid in (select unnest(?))", [ids]
    ).fetchall()
    keys = [leaf.key for leaf in fields] + [root.key for _, root in roots]
    for number, broken, *sent in rows:
        if broken is None:
            yield number, careful.read_record(fields, [root for _, root in roots], dict(zip(keys, sent, strict=True)))
        else:
            yield number, careful.read_broken(batch.document.fields, broken)


def _enter_unknown(connection: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Enter the keys nobody declared, once per file and path, with a sample."""
    for file, result in zip(batch.files, batch.results, strict=True):
        for key in sorted(set(file.header) - set(flatten.text_columns(batch.document))):
            connection.execute(
                "insert into load_audit.unknown_fields select ?, ?, ?, count(*), null from judged where _file_id = ?",
                [batch.load_id, result.file_id, key[:200], result.file_id],
            )
    found = connection.execute("""
        with named as (
            select id, unnest(list_distinct(unknown)) as path from inspected
            union select id, path from careful_unknown
        )
        select j._file_id, n.path, count(*), min(n.id), min(c.sample)
        from named as n
        inner join judged as j on j.id = n.id
        left join careful_unknown as c on c.id = n.id and c.path = n.path
        group by all order by all
    """).fetchall()
    for file_id, path, count, first, sample in found:
        if sample is None:
            [(_, reading)] = _readings(connection, batch, roots, [first])
            sample = reading.unknown.get(path)
        connection.execute(
            "insert into load_audit.unknown_fields values (?, ?, ?, ?, ?)",
            [batch.load_id, file_id, path[:200], count, sample],
        )


def _enter_careful_rejects(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    rows = connection.execute("""
        select j._file_id, j._index, c.level, c.path, c.reason, c.sample
        from careful_rejects as c inner join judged as j on j.id = c.id order by c.id, c.rowid
    """).fetchall()
    places: dict[int, set[int]] = defaultdict(set)
    for file_id, index, *_ in rows:
        places[file_id].add(index)
    lines = {
        result.file_id: landing.record_lines(file, batch.bad_lines[result.file_id], places[result.file_id])
        for file, result in zip(batch.files, batch.results, strict=True)
        if places[result.file_id]
    }
    _enter_rejects(
        connection,
        batch,
        [(file_id, level, index, lines[file_id].get(index), *what) for file_id, index, level, *what in rows],
    )


def _accept(connection: duckdb.DuckDBPyConnection, batch: Batch, root_table: str) -> None:
    """The records to load: not rejected, the first of their kind in the batch, and not there yet.

    What is not loaded leaves the stage: a join would copy every list of those that are.
    """
    connection.execute(f"""
        create or replace temp table fresh as
        select j.id, j._row_id, j._index, j._file_id, {batch.load_id} as _load_id
        from (
            select *, row_number() over (partition by _row_id order by id) as nth from judged where not is_rejected
        ) as j
        anti join {root_table} as t on t._row_id = j._row_id
        where j.nth = 1
    """)
    kept, roots = _scalar_names(batch), list(enumerate(flatten.json_roots(batch.document)))
    read_again = [f"{value} as j{number}" for (number, _), value in zip(roots, _mended(roots), strict=True)]
    connection.execute(f"""
        create or replace temp table mended as
        select {", ".join(["f._row_id", *(f"s.{name}" for name in kept), *read_again])}
        from stage as s
        inner join repaired as r on r.id = s.rowid
        inner join fresh as f on f.id = s.rowid;
        delete from stage where rowid not in (select id from fresh) or rowid in (select id from repaired);
        create or replace temp view accepted as
        select {", ".join(["_row_id", *kept, *(f"j{number}" for number, _ in roots)])} from stage
        union all
        from mended
    """)


def _scalar_names(batch: Batch) -> list[str]:
    return [f"r{number}" for number in range(len(flatten.scalars(batch.document)))]


def _mended(roots: list) -> list[str]:
    """SQL over `stage as s` and `repaired as r`: the typed readings of a record that was read carefully."""
    return [
        f"case when s.x{number} is null then s.j{number} else {flatten.read_typed(f'r.x{number}', root)} end"
        for number, root in roots
    ]


def _count(connection: duckdb.DuckDBPyConnection, batch: Batch, inserted: int) -> None:
    """Account for every record and row, against the lines of the file and the rows the raw tables took."""
    counted = {
        row[0]: row[1:]
        for row in connection.execute("""
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
        lost = batch.lost_lines.get(result.file_id, 0)
        result.counts |= {
            "records_in": staged + bad_lines + lost,
            "records_loaded": loaded,
            "records_duplicate": staged - loaded - rejected,
            "records_rejected": rejected + bad_lines + lost,
            "rows_in": rows_in,
            "rows_loaded": rows_loaded,
            "rows_duplicate": rows_in - rows_loaded - rows_rejected,
            "rows_rejected": rows_rejected,
        }
    expected = sum(result.counts["rows_loaded"] for result in batch.results)
    if expected != inserted:
        raise RuntimeError(f"{expected} rows were counted and {inserted} written: nothing was loaded")
