"""What becomes of each staged record: loaded as it was read, mended by the slow path, or rejected.

Records that match the pattern of their declaration are not looked at again. The others are `doubtful`; they are tried
by learned patterns, then by the type check (`validate.py`), and what is left takes the slow path (`slow_path.py`).

Temporary tables: `checked` (the doubtful records: whether their typed reading is trusted, and their unknown keys),
`repaired` (clean JSON of those that took the slow path), and `judged` (every record: its file, its place, whether it is
rejected, how many rows it makes).
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

import duckdb

from crescendo.ingest import ledger, lines, samples, slow_path, validate
from crescendo.ingest.columns import Columns, read_typed
from crescendo.ingest.landing import Incoming
from crescendo.ingest.plan import Batch
from crescendo.ingest.read import row_id
from crescendo.warehouse import one, text

# DuckDB parses a text anew for each question about it, and frees nothing until the statement ends: its memory is a
# hundred times the bytes that are checked in one go. Longer texts take the slow path at once, in less time and memory.
CHECKED_BYTES = 512 << 10
CHECKED_PAGE_BYTES = 64 << 10  # of one page
LEARNED_PATTERNS = 4  # of a batch: files that need more are rare, and each costs a pass over what is doubtful
SLOW_RECORDS, SLOW_BYTES = 200, 2 << 20  # of one round in Python: what is in memory as objects, ten times its length
FEW_REPAIRED = 16  # so many are written row by row: as one JSON text, long ones would be in memory ten times

Database = duckdb.DuckDBPyConnection


def judge(db: Database, batch: Batch) -> None:
    """Decide for every staged record: its file, its place, whether it can be loaded, how many rows it makes."""
    _check(db, batch)
    _take_slow_path(db, batch)
    columns = batch.columns
    trusted_rows = [
        f"case when r.id is null or s.{columns.doubtful(n)} is null then coalesce(s.{columns.rows(n)}, 0) else 0 end"
        for n, _ in columns.roots
    ]
    rows = " + ".join(trusted_rows) or "0"
    repaired_id = row_id([f"r.{name}" for name in columns.scalar_names] + mended(columns))
    if batch.document.layout == "page":
        repaired_id = "s._row_id"  # a page's id is a hash of its bytes, not of its parsed values
    # the lists of records that took the slow path, and no others, pass through a join
    db.execute(f"""
        create or replace temp table judged as
        with renamed as (
            select r.id, r.is_rejected, r.rows_in, r.rows_rejected, {repaired_id} as _row_id
            from staged as s inner join repaired as r on r.id = s.rowid
        )
        select
            s.rowid as id, f.id as _file_id, coalesce(r._row_id, s._row_id) as _row_id,
            s.rowid - min(s.rowid) over (partition by f.id) + 1 as _index,
            coalesce(r.is_rejected, false) as is_rejected,
            {rows} + coalesce(r.rows_in, 0) as rows_in,
            case when r.is_rejected then {rows} + r.rows_in else coalesce(r.rows_rejected, 0) end as rows_rejected
        from staged as s
        inner join batch_files as f on f.filename = s.filename
        left join renamed as r on r.id = s.rowid
    """)
    _note_unknown(db, batch)
    _note_rejects(db, batch)
    _count_bad_lines(db, batch)


def mended(columns: Columns) -> list[str]:
    """SQL over `staged as s` and `repaired as r`: the typed readings of a record that took the slow path."""
    return [
        f"case when s.{columns.doubtful(n)} is null and s._broken is null then s.{columns.typed(n)}"
        f" else {read_typed(f'r.{columns.doubtful(n)}', root)} end"
        for n, root in columns.roots
    ]


# --- learned patterns and the type check -------------------------------------------------------------------------


def _check(db: Database, batch: Batch) -> None:
    """Look at every record that is in doubt; leaves `checked`."""
    length = _length(batch.columns)
    db.execute(f"""
        create or replace temp table checked (id bigint, is_trusted boolean, unknown varchar[]);
        create or replace temp table doubtful as
        select rowid as id, {length} as length from staged
        where not _certain or not _scalars_clean or _broken is not null or len(_unknown) > 0
    """)
    _learn(db, batch)
    longest = CHECKED_PAGE_BYTES if batch.document.layout == "page" else CHECKED_BYTES
    db.execute(f"""
        insert into checked
        select d.id, false, coalesce(s._unknown, []) from staged as s inner join doubtful as d on d.id = s.rowid
        where d.length > {longest};
        delete from doubtful where length > {longest}
    """)
    chunks = db.execute(f"""
        select min(id), max(id)
        from (select id, sum(length) over (order by id) // {CHECKED_BYTES} as chunk from doubtful)
        group by chunk order by chunk
    """).fetchall()
    query = _type_check(batch.columns) if chunks else ""
    for first, last in chunks:
        db.execute(f"insert into checked {query}", [first, last])


def _type_check(columns: Columns) -> str:
    """The query that checks the doubtful records from one id to another by the keys and types of their JSON."""
    found: list[str] = []
    trusted, unknown = ["_broken is null", "_scalars_clean"], ["coalesce(_unknown, [])"]
    for number, root in columns.roots:
        check, doubtful = validate.type_check(root, number), columns.doubtful(number)
        found += check.keys
        trusted.append(f"({doubtful} is null or coalesce({check.trusted}, false))")
        # '$[*].key' is a place within the root: 'timeSeries[*].key'
        shown = f"list_transform({check.unknown}, lambda k: {text(root.key)} || replace(k[2:], '\"', ''))"
        unknown.append(f"coalesce({shown}, [])")
    valid = [
        f"coalesce({columns.doubtful(n)} is null or json_valid({columns.doubtful(n)}), false)" for n, _ in columns.roots
    ]
    return f"""
        with doubtful_now as (
            select d.id, s.* from staged as s inner join doubtful as d on d.id = s.rowid
            where s.rowid between ? and ?
        ),
        tried as (select *, {" and ".join(valid) or "true"} as is_json from doubtful_now),
        listed as (select {", ".join(["*", *found])} from tried where is_json)
        select id, {" and ".join(trusted)} as is_trusted, {" || ".join(unknown)} as unknown from listed
        union all
        select id, false, coalesce(_unknown, []) from tried where not is_json
    """


def _length(columns: Columns) -> str:
    """SQL over the staged records: the bytes of the texts that are in doubt."""
    return " + ".join(f"coalesce(strlen({columns.doubtful(n)}), 0)" for n, _ in columns.roots) or "0"


def _learn(db: Database, batch: Batch) -> None:
    """Move the doubtful that match the pattern of some of them from `doubtful` to `checked`."""
    columns, last = batch.columns, -1
    texts = ", ".join(f"s.{columns.doubtful(n)}" for n, _ in columns.roots)
    for _ in range(LEARNED_PATTERNS if columns.roots else 0):
        sample = db.execute(f"""
            select d.id, {texts} from staged as s inner join doubtful as d on d.id = s.rowid
            where d.id > {last} and not s._certain and s._scalars_clean and s._broken is null order by d.id limit 1
        """).fetchone()
        if sample is None:
            return
        last, *sent = sample
        matching, unknown = _learned_from(batch, sent)
        if len(unknown) > 1:
            db.execute(f"""
                insert into checked
                select d.id, true, {" || ".join(unknown)} from staged as s inner join doubtful as d on d.id = s.rowid
                where {" and ".join(matching)};
                delete from doubtful where id in (select id from checked)
            """)


def _learned_from(batch: Batch, sent: list[str | None]) -> tuple[list[str], list[str]]:
    """SQL conditions under which a record is like one that was sent, and lists of the unknown keys of such records."""
    columns = batch.columns
    matching, unknown = ["s._scalars_clean and s._broken is null"], ["coalesce(s._unknown, [])"]
    for (number, root), record in zip(columns.roots, sent, strict=True):
        try:
            shape = validate.learned_from(root, json.loads(record)) if record else None
        except (ValueError, RecursionError):
            shape = None  # it is for the slow path to say why
        column = f"s.{columns.doubtful(number)}"
        passed = validate.matches(shape.root if shape else root, column, f"s.{columns.typed(number)}")
        matching.append(f"({column} is null or {passed})")
        if shape:
            unknown.append(f"if({column} is null, [], {validate.unknown_in(shape, column)})")
            batch.samples |= {path: slow_path.sample_of(value) for path, (_, value) in shape.unknown.items()}
    return matching, unknown


# --- the slow path -----------------------------------------------------------------------------------------------


def _take_slow_path(db: Database, batch: Batch) -> None:
    """Read what is not trusted record by record; leaves `repaired`, `slow_rejects` and `slow_unknown`."""
    columns = batch.columns
    db.execute(f"""
        create or replace temp table repaired (id bigint, is_rejected boolean, rows_in bigint, rows_rejected bigint,
            {", ".join(f"{name} varchar" for name in columns.texts)});
        create or replace temp table slow_rejects
            (id bigint, level varchar, path varchar, reason varchar, sample varchar);
        create or replace temp table slow_unknown (id bigint, path varchar, sample varchar)
    """)
    rounds = db.execute(f"""
        with placed as (
            select c.id, row_number() over in_order // {SLOW_RECORDS} as many,
                sum({_length(columns)}) over in_order // {SLOW_BYTES} as much
            from checked as c inner join staged as s on s.rowid = c.id
            where not c.is_trusted window in_order as (order by c.id)
        )
        select list(id order by id) from placed group by many, much order by min(id)
    """).fetchall()
    for (ids,) in rounds:
        repaired, rejects, unknown = [], [], []
        for number, reading in _readings(db, batch, ids):
            clean = [reading.texts.get(key) for key in columns.keys]
            repaired.append([number, reading.record_rejected, reading.rows_in, reading.rows_rejected, *clean])
            rejects += [[number, r.level, r.path[:200], r.reason, r.sample] for r in reading.rejects]
            unknown += [[number, path, sample] for path, sample in reading.unknown.items()]
        if len(repaired) > FEW_REPAIRED:
            ledger.append(db, "repaired", repaired)
        else:
            for row in repaired:
                db.execute(f"insert into repaired values ({', '.join('?' * len(row))})", row)
        ledger.append(db, "slow_rejects", rejects)
        ledger.append(db, "slow_unknown", unknown)


def _readings(db: Database, batch: Batch, ids: list[int]) -> Iterator[tuple[int, slow_path.Reading]]:
    """The slow path's reading of staged records, by their ids."""
    columns = batch.columns
    rows = db.execute(
        f"select {', '.join(['rowid', '_broken', *columns.texts])} from staged where rowid in (select unnest(?))", [ids]
    ).fetchall()
    fields, roots = [leaf for _, leaf in columns.scalars], [root for _, root in columns.roots]
    for number, broken, *sent in rows:
        if broken is None:
            yield number, slow_path.read_record(fields, roots, dict(zip(columns.keys, sent, strict=True)))
        else:
            yield number, slow_path.read_broken(batch.document.fields, broken)


# --- what the ledger will say of them ------------------------------------------------------------------------------


def _note_unknown(db: Database, batch: Batch) -> None:
    """Note the undeclared keys, once per file and path, with a sample."""
    for file, result in zip(batch.files, batch.results, strict=True):
        strange = set(file.header) - _read_of(file)
        examples = samples.of_fields(file, strange) if strange else {}
        for key in sorted(strange):
            held = "select count(*) from judged where _file_id = ?"
            [count] = one(db, held, [result.file_id])
            example = samples.shown_of(batch.document, examples.get(key))
            batch.unknown.append((result.file_id, key[:200], count, example))
    found = db.execute("""
        with named as (
            select id, unnest(list_distinct(unknown)) as path from checked
            union select id, path from slow_unknown
        )
        select j._file_id, n.path, count(*), min(n.id), min(u.sample)
        from named as n
        inner join judged as j on j.id = n.id
        left join slow_unknown as u on u.id = n.id and u.path = n.path
        group by all order by all
    """).fetchall()
    fields = _fields_by_file(batch, found)
    for file_id, path, count, first, sample in found:
        sample = sample or fields.get((file_id, path))
        if sample is None and path not in batch.samples:  # one does for all files that are read together
            [(_, reading)] = _readings(db, batch, [first])
            batch.samples |= reading.unknown
        example = samples.shown_of(batch.document, sample or batch.samples.get(path))
        batch.unknown.append((file_id, path[:200], count, example))


def _fields_by_file(batch: Batch, found: list[tuple]) -> dict[tuple[int, str], str]:
    """Examples of the undeclared keys of records that are one a line, or in a list, by file and key."""
    wanted: dict[int, set[str]] = defaultdict(set)
    for file_id, path, *_, sample in found if batch.document.layout == "table" else ():
        if sample is None:
            wanted[file_id].add(path)
    files = {result.file_id: file for file, result in zip(batch.files, batch.results, strict=True)}
    return {
        (file_id, name): example
        for file_id, names in wanted.items()
        if files[file_id].format != "csv"
        for name, example in samples.of_fields(files[file_id], names).items()
    }


def _read_of(file: Incoming) -> set[str]:
    """The columns of a file that are read, as its header has them."""
    return set(file.mapping.found_in(list(file.header)).values()) if file.mapping else set(file.known_columns)


def _note_rejects(db: Database, batch: Batch) -> None:
    """Note what the slow path rejected, with the line that its record begins in."""
    rows = db.execute("""
        select j._file_id, j._index, r.level, r.path, r.reason, r.sample
        from slow_rejects as r inner join judged as j on j.id = r.id order by r.id, r.rowid
    """).fetchall()
    places: dict[int, set[int]] = defaultdict(set)
    for file_id, index, *_ in rows:
        places[file_id].add(index)
    starts = {
        result.file_id: dict(enumerate(batch.starts, start=1))
        if file.careful and file.format != "array"
        else lines.record_lines(file, batch.bad_lines[result.file_id], places[result.file_id])
        for file, result in zip(batch.files, batch.results, strict=True)
        if places[result.file_id]
    }
    mapped = batch.files[0].mapping
    for file_id, index, level, path, *what in rows:
        place = mapped.shown(path) if mapped else path
        batch.rejects.append((file_id, level, index, starts[file_id].get(index), place, *what))


def _count_bad_lines(db: Database, batch: Batch) -> None:
    """Count rejected lines as records: each gets its place, and the places of the records after it shift."""
    gaps: list[list[int]] = []  # file, records before, bad lines up to there
    for file, result in zip(batch.files, batch.results, strict=True):
        bad = sorted(batch.bad_lines[result.file_id])
        if not bad:
            continue
        starts = batch.starts if file.careful else list(lines.starts(file, {*bad}))
        before = [bisect_left(starts, line) for line in bad]
        gaps += [[result.file_id, records, number] for number, records in enumerate(before, start=1)]
        places = {line: records + number for number, (line, records) in enumerate(zip(bad, before, strict=True), 1)}
        for number, (file_id, level, index, line, *what) in enumerate(batch.rejects):
            if file_id == result.file_id and not (file.format == "array" and number < len(bad)):  # those know theirs
                place = places[line] if index is None else index + bisect_left(before, index)
                batch.rejects[number] = (file_id, level, place, line, *what)
    if gaps:
        db.execute("create or replace temp table gaps (_file_id bigint, after bigint, lines bigint)")
        ledger.append(db, "gaps", gaps)
        db.execute("""
            update judged set _index = judged._index + moved.lines from (
                select j.id, g.lines
                from judged as j
                asof join (select _file_id, after, max(lines) as lines from gaps group by all) as g
                    on j._file_id = g._file_id and j._index > g.after
            ) as moved
            where moved.id = judged.id
        """)
