"""One batch of files on its way into the raw tables: staged and judged, then accepted, delivered, counted.

The first two read files and write temporary tables only, so whole pages are prepared ahead of their turn, on
connections to a database in memory. The rest happens in the load's own transaction.

Temporary tables: `stage` (one row per record, flatten.py), `judged` (what becomes of each), `repaired` (clean JSON of
the records that had to be read carefully), and the view `accepted` that the raw tables are filled from.
"""

import json
import os
import re
import shutil
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from errno import EDQUOT, EMFILE, ENOSPC
from itertools import chain, islice
from pathlib import Path

import duckdb

from crescendo.errors import CrescendoError
from crescendo.ingest import audit, careful, flatten, landing, lines, scratch
from crescendo.ingest.audit import FileResult
from crescendo.ingest.landing import Content, Incoming
from crescendo.shapes import Document
from crescendo.warehouse import LOAD_MEMORY, quoted, text

# records read carefully in one go, at most so many and of about so many bytes
CAREFUL_CHUNK, CAREFUL_BYTES, CAREFUL_FEW = 200, 1 << 21, 16
# DuckDB parses a text anew for each question about it, and forgets nothing until the chunk is done: a hundredfold;
# longer texts, and pages above the second, are read carefully at once: that takes less time and less memory
INSPECTED_BYTES, INSPECTED_PAGE_BYTES = 1 << 19, 1 << 16
# texts of a batch whose keys are learned
SHAPES = 4
# more threads wait for the one that writes; so much text, typed, stays below the memory limit
PAGE_THREADS, BYTES_AHEAD = 4, 3 << 25
PLAIN_PATH = re.compile(r"[\w/. -]+")
LINE_REASONS = {
    "MISSING COLUMNS": "has too few columns",
    "TOO MANY COLUMNS": "has too many columns",
    "UNQUOTED VALUE": lines.OPEN,
    "INVALID ENCODING": lines.NO_UTF8,
    "INVALID UNICODE": lines.NO_UTF8,
    "LINE SIZE OVER MAXIMUM": lines.TOO_LONG,
}


@dataclass
class Batch:
    """Files of one document, format and header, with their ledger entries and what their text holds.

    A file whose lines are read carefully is alone; `starts` are the lines of its records. `rejects` and `unknown` are
    what the ledger will say of them, as its tables have it but for the load; `samples` are values of keys that nobody
    declared, by path.
    """

    load_id: int
    files: list[Incoming] = field(default_factory=list)
    results: list[FileResult] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    bad_lines: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    starts: list[int] = field(default_factory=list)
    rejects: list[tuple] = field(default_factory=list)
    unknown: list[tuple] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """What the files are."""
        return self.files[0].document

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)

    def part(self, places: Iterable[int], *, careful: bool = False) -> "Batch":
        """The batch of some of the files, as if nothing had been done with them."""
        files, results = [self.files[place] for place in places], [self.results[place] for place in places]
        files = [replace(file, careful=careful or file.careful) for file in files]
        return Batch(self.load_id, files, results, [self.contents[place] for place in places])

    def parted(self, doubtful: list[int]) -> "list[Batch]":
        """The doubtful files, each alone and to be read carefully, and the batch of the others."""
        rest = [place for place in range(len(self.files)) if place not in set(doubtful)]
        parts = [self.part([place], careful=True) for place in doubtful]
        return [*parts, self.part(rest)] if rest else parts


def prepared_ahead(batches: Iterator[Batch]) -> Iterator[tuple[Batch, duckdb.DuckDBPyConnection]]:
    """Prepare batches of pages and small files, and hand each over in its turn with the connection that it lies on.

    A few are under way at any time, each on a thread of its own: DuckDB parses few large texts on one.
    """
    threads = min(os.cpu_count() or 1, PAGE_THREADS)
    with bench() as memory, ThreadPoolExecutor(threads) as pool:
        idle = [memory.cursor() for _ in range(threads + 1)]
        waiting: deque = deque()
        try:
            batch = next(batches, None)
            while batch or waiting:
                ahead = sum(waits.size for waits, _, _ in waiting)
                if batch and idle and (not waiting or ahead + batch.size <= BYTES_AHEAD):
                    free = idle.pop()
                    waiting.append((batch, free, pool.submit(prepare, free, batch)))
                    batch = next(batches, None)
                    continue
                ready, used, preparation = waiting.popleft()
                try:
                    preparation.result()
                    yield ready, used
                except Doubtful as found:
                    batches = chain(ready.parted(found.places), [batch] if batch else [], batches)
                    batch = next(batches)
                idle.append(used)
        finally:
            for _, used, preparation in waiting:
                preparation.cancel()
                used.interrupt()


@contextmanager
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, which spills into a folder of its own."""
    with scratch.folder() as folder:
        settings = {
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


def prepare(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Stage a batch in temporary tables of a connection, and judge every record.

    Raises Doubtful where the lines of some files have to be read carefully, Failed where a file cannot be read.
    """
    with _explained(batch):
        _stage(bench, batch)
        if not batch.files[0].careful:
            _reject_lines(bench, batch)
        _check_lines(bench, batch)
        _judge(bench, batch)


def deliver(connection: duckdb.DuckDBPyConnection, bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Load a prepared batch into its raw tables, and its rejects, unknown fields and counts into the ledger."""
    schema, tables = quoted(batch.files[0].source.schema), flatten.raw_tables(batch.document)
    with _explained(batch):
        _accept(connection, bench, batch, f"{schema}.{quoted(tables[0].name)}")
        inserted = 0
        for table in tables:
            columns = ", ".join(quoted(column) for column in table.columns)
            target = f"{schema}.{quoted(table.name)} ({columns})"
            rows = _insert(connection, target, bench, table.query)
            inserted += 0 if table.is_root else rows
        _count(bench, batch, inserted)
        held = "select distinct _file_id, _row_id, rows_in - rows_rejected from judged where not is_rejected"
        _insert(connection, "load_audit.file_records", bench, held)
        _enter(connection, batch)


def _enter(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Enter a batch in the ledger, but for files that were refused for the same reason when they were last met."""
    for result in batch.results:
        rejects = (row[1:] for row in batch.rejects if row[0] == result.file_id)
        result.rejects = [dict(zip(audit.REJECT, row, strict=True)) for row in islice(rejects, audit.MOST_SHOWN)]
        _refuse_empty(result)
        if result.status == "refused" and audit.last_reason(connection, result.path) == result.reason:
            result.file_id = 0
    entered = {result.file_id for result in batch.results}
    for table, rows in (("rejected_records", batch.rejects), ("unknown_fields", batch.unknown)):
        said = [[batch.load_id, *row] for row in rows if row[0] in entered]
        audit.append(connection, f"load_audit.{table}", said)
    audit.write_files(connection, batch.load_id, [result for result in batch.results if result.file_id])


def _refuse_empty(result: FileResult) -> None:
    """Refuse a file of whose records not one can be loaded: what its path once brought stays."""
    records = result.counts["records_in"]
    if not records or result.counts["records_rejected"] < records:
        return
    first = next(reject for reject in result.rejects if reject["level"] == "record")
    place = [f"line {first['line']}"] if first["line"] else []
    place += [first["path"]] if first["path"] else []
    what = "its record cannot" if records == 1 else f"none of its {records:,} records can"
    result.status, result.reason = "refused", f"is not loaded: {what} be: {': '.join([*place, first['reason']])}"


def _insert(connection: duckdb.DuckDBPyConnection, target: str, bench: duckdb.DuckDBPyConnection, query: str) -> int:
    """Insert what a query gives on another connection into a table; returns how many rows those are."""
    with _lent(bench, query, connection) as rows:
        return int(connection.execute(f"insert into {target} {rows}").fetchone()[0])


@contextmanager
def _lent(lender: duckdb.DuckDBPyConnection, query: str, reader: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A query as another connection may read it, once: as it is, or as a stream from one database to the other."""
    if lender is reader:
        yield query
    else:
        reader.register("lent", lender.sql(query).__arrow_c_stream__())
        try:
            yield "from lent"
        finally:
            reader.unregister("lent")


# how DuckDB tells of Ctrl-C, as a RuntimeError; and what no file is to blame for
IN_A_STATEMENT = "Query interrupted"
ENVIRONMENT = re.compile(r"no space left|too many open files|max_temp_directory_size|disk quota", re.IGNORECASE)
BROKEN_ARRAY = re.compile(r'^.*?: | in file ".*?"|\.( Try|$).*')


@contextmanager
def _explained(batch: Batch) -> Iterator[None]:
    """Raise what goes wrong with files as Failed. Raises CrescendoError where it is not theirs."""
    try:
        yield
    except (duckdb.InterruptException, CrescendoError, Doubtful, Failed):
        raise
    except Exception as error:
        if str(error) == IN_A_STATEMENT:
            raise
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if ENVIRONMENT.search(reason) or (isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT, EMFILE)):
            raise CrescendoError(f"{reason}: nothing was changed") from None
        if batch.files[0].format == "array" and isinstance(error, duckdb.InvalidInputException):
            raise Failed(batch, f"is not a whole JSON array: {BROKEN_ARRAY.sub('', reason)}") from None
        raise Failed(batch, f"cannot be loaded: {reason}") from error


def _stage(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    bench.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    with scratch.folder() as folder:
        links = [
            _link(file, folder / str(result.file_id)) for file, result in zip(batch.files, batch.results, strict=True)
        ]
        if batch.files[0].careful:
            _read_lines(batch, links[0])
        _list_files(bench, batch, [str(link) for link in links])
        read = landing.relation(batch.files, links)
        bench.execute(flatten.stage(batch.document, read.sql, read.columns, read.broken, read.unknown, read.digest))
    for file in batch.files:
        if file.path.stat().st_size != file.size:
            raise Failed(batch, "changed while it was read: load it again when it is whole")


def _read_lines(batch: Batch, copy: Path) -> None:
    """Write the records of a file to a copy that DuckDB reads without doubt, and enter the lines that are none."""
    found = lines.rewrite(batch.files[0], copy)
    batch.starts = found.starts
    [file_id] = [result.file_id for result in batch.results]
    for line in found.bad:
        batch.bad_lines[file_id].add(line.number)
        batch.rejects.append((file_id, "record", None, line.number, line.path, line.reason, line.sample))


def _link(file: Incoming, link: Path) -> Path:
    """A path under which DuckDB reads a file: it takes some characters for a pattern, and endings for a packing."""
    if file.careful:
        return link.with_suffix(".csv")
    if file.gzipped and (file.unpack or file.format == "page"):  # DuckDB reads whole files packed
        with landing.opened(file) as packed, link.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, landing.BLOCK)
        return link
    if file.format == "page" and PLAIN_PATH.fullmatch(str(file.path)):
        return file.path
    link = link.with_suffix(".gz" if file.gzipped else "")
    link.symlink_to(file.path)
    return link


def _list_files(bench: duckdb.DuckDBPyConnection, batch: Batch, links: list[str]) -> None:
    """Leave `batch_files`: a file's link, its number, and what its page was asked for."""
    asked = [leaf.key for leaf in flatten.scalars(batch.document)] if batch.document.layout == "page" else []
    columns = "".join(f", {quoted(key)} varchar" for key in asked)
    names = f"filename varchar, id bigint, content_sha256 varchar{columns}"
    bench.execute(f"create or replace temp table batch_files ({names})")
    rows = [
        [link, result.file_id, result.content_sha256, *file.facts]
        for link, result, file in zip(links, batch.results, batch.files, strict=True)
    ]
    audit.append(bench, "batch_files", rows)


class Doubtful(Exception):  # noqa: N818 a finding, not a failure
    """Some files of a batch, by their places, hold lines that DuckDB does not tell apart."""

    def __init__(self, places: list[int]) -> None:
        super().__init__()
        self.places = places


class Failed(Exception):  # noqa: N818 a finding, not a failure
    """A batch that cannot be loaded as a whole; its reason is fit for the ledger."""

    def __init__(self, batch: Batch, reason: str) -> None:
        super().__init__(reason)
        self.batch = batch


def _reject_lines(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Enter the lines that DuckDB could not read as records."""
    if batch.files[0].format not in ("csv", "lines"):
        return
    rows = bench.execute(
        """
        select f.id, e.line, min_by(e.column_name, row(e.byte_position, e.column_idx)),
            min_by(e.error_type::varchar, e.byte_position),
            min(e.byte_position), encode(min_by(e.csv_line, e.byte_position))
        from reject_errors as e
        inner join reject_scans as s on s.scan_id = e.scan_id and s.file_id = e.file_id
        inner join batch_files as f on f.filename = s.file_path
        group by f.id, e.line order by f.id, e.line
        """
    ).fetchall()
    files = {result.file_id: file for file, result in zip(batch.files, batch.results, strict=True)}
    for file_id, line, column, kind, position, shown in rows:
        batch.bad_lines[file_id].add(line)
        header = batch.files[0].header
        path = header[int(column[1:])] if header and column and kind != "TOO MANY COLUMNS" else None  # 'c3'
        reason = LINE_REASONS.get(kind, kind.lower())
        sample = lines.line_at(files[file_id], position) or (shown or b"")[: lines.SHOWN].decode("utf-8", "replace")
        batch.rejects.append((file_id, "record", None, line, path, reason, sample))


def _check_lines(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Hold the records against the lines of their file. Raises Doubtful where they are fewer."""
    if batch.files[0].format not in ("csv", "lines"):
        return
    counts = "select f.id, count(s.filename) from batch_files as f left join stage as s using (filename) group by f.id"
    staged = dict(bench.execute(counts).fetchall())
    if batch.files[0].careful:
        if staged[batch.results[0].file_id] != len(batch.starts):
            raise Failed(batch, f"has {len(batch.starts)} records, of which DuckDB reads others")
        return
    read = zip(batch.files, batch.results, batch.contents, strict=True)
    doubtful = [
        place
        for place, (file, result, content) in enumerate(read)
        if not lines.all_read(file, content, staged[result.file_id] + len(batch.bad_lines[result.file_id]))
    ]
    if doubtful:
        raise Doubtful(doubtful)


def _judge(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Decide for every staged record: its file, its place, whether it can be loaded, how many rows it makes."""
    roots = list(enumerate(flatten.json_roots(batch.document)))
    _inspect(bench, batch, roots)
    _read_carefully(bench, batch, roots)
    certified = " + ".join(
        f"case when r.id is null or s.x{n} is null then coalesce(s.n{n}, 0) else 0 end" for n, _ in roots
    )
    repaired_id = flatten.row_id([f"r.{name}" for name in _scalar_names(batch)] + _mended(roots))
    if batch.document.layout == "page":
        repaired_id = "s._row_id"  # a page's id is not of its reading
    # the lists of records read carefully, and no others, pass through a join
    bench.execute(f"""
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
    _enter_unknown(bench, batch, roots)
    _enter_careful_rejects(bench, batch)


def _inspect(bench: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
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
    bench.execute(f"""
        create or replace temp table inspected (id bigint, is_trusted boolean, unknown varchar[]);
        create or replace temp table doubtful as
        select rowid as id, {_length(roots)} as length from stage
        where not _certain or not _scalars_clean or _broken is not null or len(_unknown) > 0
    """)
    _learn(bench, batch, roots)
    longest = INSPECTED_PAGE_BYTES if batch.document.layout == "page" else INSPECTED_BYTES
    bench.execute(f"""
        insert into inspected
        select d.id, false, coalesce(s._unknown, []) from stage as s inner join doubtful as d on d.id = s.rowid
        where d.length > {longest};
        delete from doubtful where length > {longest}
    """)
    chunks = bench.execute(f"""
        select min(id), max(id)
        from (select id, sum(length) over (order by id) // {INSPECTED_BYTES} as chunk from doubtful)
        group by chunk order by chunk
    """).fetchall()
    for first, last in chunks:
        bench.execute(f"""
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


def _length(roots: list) -> str:
    """SQL over the stage: the bytes of a record's texts that are not certified."""
    return " + ".join(f"coalesce(strlen(x{number}), 0)" for number, _ in roots) or "0"


def _learn(bench: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Move what passes a certificate with the keys of some of the doubtful from `doubtful` to `inspected`."""
    texts = ", ".join(f"s.x{number}" for number, _ in roots)
    sound = "s._scalars_clean and s._broken is null"
    last = -1
    for _ in range(SHAPES if roots else 0):
        sample = bench.execute(f"""
            select d.id, {texts} from stage as s inner join doubtful as d on d.id = s.rowid
            where d.id > {last} and not s._certain and {sound} order by d.id limit 1
        """).fetchone()
        if sample is None:
            return
        last, *sent = sample
        certain, unknown = [sound], ["coalesce(s._unknown, [])"]
        for (number, root), record in zip(roots, sent, strict=True):
            try:
                shape = record and flatten.adapted(root, json.loads(record))
            except (ValueError, RecursionError):
                shape = None  # it is for the careful reading to say why
            column = f"s.x{number}"
            passed = flatten.certificate(shape.root if shape else root, column, f"s.j{number}")
            certain.append(f"({column} is null or {passed})")
            if shape:
                unknown.append(f"if({column} is null, [], {flatten.unknown_in(shape, column)})")
                batch.samples |= {path: careful.sample_of(value) for path, (_, value) in shape.unknown.items()}
        if len(unknown) > 1:
            bench.execute(f"""
                insert into inspected
                select d.id, true, {" || ".join(unknown)} from stage as s inner join doubtful as d on d.id = s.rowid
                where {" and ".join(certain)};
                delete from doubtful where id in (select id from inspected)
            """)


def _read_carefully(bench: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Read what is not trusted record by record; leaves `repaired` and `careful_rejects`."""
    names = [*_scalar_names(batch), *(f"x{number}" for number, _ in roots)]
    keys = [node.key for node in [*flatten.scalars(batch.document), *(root for _, root in roots)]]
    bench.execute(f"""
        create or replace temp table repaired (id bigint, is_rejected boolean, rows_in bigint, rows_rejected bigint,
            {", ".join(f"{name} varchar" for name in names)});
        create or replace temp table careful_rejects
            (id bigint, level varchar, path varchar, reason varchar, sample varchar);
        create or replace temp table careful_unknown (id bigint, path varchar, sample varchar)
    """)
    chunks = bench.execute(f"""
        with placed as (
            select i.id, row_number() over chunked // {CAREFUL_CHUNK} as many,
                sum({_length(roots)}) over chunked // {CAREFUL_BYTES} as much
            from inspected as i inner join stage as s on s.rowid = i.id
            where not i.is_trusted window chunked as (order by i.id)
        )
        select list(id order by id) from placed group by many, much order by min(id)
    """).fetchall()
    for (chunk,) in chunks:
        repaired, rejects, unknown = [], [], []
        for number, reading in _readings(bench, batch, roots, chunk):
            clean = [reading.texts.get(key) for key in keys]
            repaired.append([number, reading.record_rejected, reading.rows_in, reading.rows_rejected, *clean])
            rejects += [[number, r.level, r.path[:200], r.reason, r.sample] for r in reading.rejects]
            unknown += [[number, path, sample] for path, sample in reading.unknown.items()]
        if len(repaired) > CAREFUL_FEW:
            audit.append(bench, "repaired", repaired)
        else:  # long ones: as JSON they would stand in memory ten times
            for row in repaired:
                bench.execute(f"insert into repaired values ({', '.join('?' * len(row))})", row)
        audit.append(bench, "careful_rejects", rejects)
        audit.append(bench, "careful_unknown", unknown)


def _readings(bench: duckdb.DuckDBPyConnection, batch: Batch, roots: list, ids: list[int]):
    """(id, reading) of staged records, by their ids."""
    fields = flatten.scalars(batch.document)
    columns = [f"r{number}" for number in range(len(fields))] + [f"x{number}" for number, _ in roots]
    rows = bench.execute(
        f"select rowid, _broken, {', '.join(columns)} from stage where rowid in (select unnest(?))", [ids]
    ).fetchall()
    keys = [leaf.key for leaf in fields] + [root.key for _, root in roots]
    for number, broken, *sent in rows:
        if broken is None:
            yield number, careful.read_record(fields, [root for _, root in roots], dict(zip(keys, sent, strict=True)))
        else:
            yield number, careful.read_broken(batch.document.fields, broken)


def _enter_unknown(bench: duckdb.DuckDBPyConnection, batch: Batch, roots: list) -> None:
    """Enter the keys nobody declared, once per file and path, with a sample."""
    for file, result in zip(batch.files, batch.results, strict=True):
        for key in sorted(set(file.header) - _read_of(file)):
            held = "select count(*) from judged where _file_id = ?"
            [count] = bench.execute(held, [result.file_id]).fetchone()
            batch.unknown.append((result.file_id, key[:200], count, None))
    found = bench.execute("""
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
        if sample is None and path not in batch.samples:  # one does for all files that are read together
            [(_, reading)] = _readings(bench, batch, roots, [first])
            batch.samples |= reading.unknown
        batch.unknown.append((file_id, path[:200], count, sample or batch.samples.get(path)))


def _read_of(file: Incoming) -> set[str]:
    return set(file.mapping.found_in(list(file.header)).values()) if file.mapping else set(file.known_columns)


def _enter_careful_rejects(bench: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    rows = bench.execute("""
        select j._file_id, j._index, c.level, c.path, c.reason, c.sample
        from careful_rejects as c inner join judged as j on j.id = c.id order by c.id, c.rowid
    """).fetchall()
    places: dict[int, set[int]] = defaultdict(set)
    for file_id, index, *_ in rows:
        places[file_id].add(index)
    starts = {
        result.file_id: dict(enumerate(batch.starts, start=1))
        if file.careful
        else lines.record_lines(file, batch.bad_lines[result.file_id], places[result.file_id])
        for file, result in zip(batch.files, batch.results, strict=True)
        if places[result.file_id]
    }
    mapped = batch.files[0].mapping
    for file_id, index, level, path, *what in rows:
        place = mapped.shown(path) if mapped else path
        batch.rejects.append((file_id, level, index, starts[file_id].get(index), place, *what))


def _accept(
    connection: duckdb.DuckDBPyConnection, bench: duckdb.DuckDBPyConnection, batch: Batch, root_table: str
) -> None:
    """The records to load: not rejected, the first of their kind in the batch, and not there yet.

    What is not loaded leaves the stage: a join would copy every list of those that are.
    """
    good = "from judged where not is_rejected"
    held = f"select _row_id from {root_table}"
    with _lent(bench, f"select _row_id {good}", connection) as ids:
        if bench is not connection:
            held += f" where _row_id in ({ids})"
        with _lent(connection, held, bench) as held_ids:
            bench.execute(f"""
                create or replace temp table fresh as
                select j.id, j._row_id, j._index, j._file_id, {batch.load_id} as _load_id
                from (select *, row_number() over (partition by _row_id order by id) as nth {good}) as j
                anti join ({held_ids}) as t on t._row_id = j._row_id
                where j.nth = 1
            """)
    kept, roots = _scalar_names(batch), list(enumerate(flatten.json_roots(batch.document)))
    accepted = f"select {', '.join(['_row_id', *kept, *(f'j{number}' for number, _ in roots)])} from stage"
    if bench.execute("from repaired limit 1").fetchone():
        read_again = [f"{value} as j{number}" for (number, _), value in zip(roots, _mended(roots), strict=True)]
        bench.execute(f"""
            create or replace temp table mended as
            select {", ".join(["f._row_id", *(f"r.{name}" for name in kept), *read_again])}
            from stage as s
            inner join repaired as r on r.id = s.rowid
            inner join fresh as f on f.id = s.rowid
        """)
        accepted += " union all from mended"
    bench.execute(f"""
        delete from stage where rowid not in (select id from fresh) or rowid in (select id from repaired);
        create or replace temp view accepted as select *, {batch.load_id} as _load_id from ({accepted})
    """)


def _scalar_names(batch: Batch) -> list[str]:
    return [f"r{number}" for number in range(len(flatten.scalars(batch.document)))]


def _mended(roots: list) -> list[str]:
    """SQL over `stage as s` and `repaired as r`: the typed readings of a record that was read carefully."""
    return [
        f"case when s.x{number} is null and s._broken is null then s.j{number}"
        f" else {flatten.read_typed(f'r.x{number}', root)} end"
        for number, root in roots
    ]


def _count(bench: duckdb.DuckDBPyConnection, batch: Batch, inserted: int) -> None:
    """Account for every record and row, against the lines of the file and the rows the raw tables took."""
    counted = {
        row[0]: row[1:]
        for row in bench.execute("""
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
