"""A batch of files into the temporary table `staged`: one row per record, in order, and every line accounted for."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EMFILE, ENOSPC
from pathlib import Path

import duckdb

from crescendo.errors import CrescendoError
from crescendo.ingest import arrays, landing, ledger, lines, scratch, validate
from crescendo.ingest.columns import Columns, read_typed
from crescendo.ingest.flatten import rows_of
from crescendo.ingest.landing import Incoming, Relation
from crescendo.ingest.plan import Batch
from crescendo.shapes import Document, Node
from crescendo.warehouse import quoted

PLAIN_PATH = re.compile(r"[\w/. -]+")
LINE_REASONS = {
    "MISSING COLUMNS": "has too few columns",
    "TOO MANY COLUMNS": "has too many columns",
    "UNQUOTED VALUE": lines.OPEN,
    "INVALID ENCODING": landing.NO_UTF8,
    "INVALID UNICODE": landing.NO_UTF8,
    "LINE SIZE OVER MAXIMUM": lines.TOO_LONG,
}
CONTROL = "broken JSON: Invalid control character"
IN_A_STATEMENT = "Query interrupted"  # how DuckDB tells of Ctrl-C, as a RuntimeError
ENVIRONMENT = re.compile(r"no space left|too many open files|max_temp_directory_size|disk quota", re.IGNORECASE)
BROKEN_ARRAY = re.compile(r'^.*?: | in file ".*?"|\.( Try|$).*')


class Doubtful(Exception):  # noqa: N818 a finding, not a failure
    """Some files of a batch, by their places, have lines that DuckDB does not tell apart."""

    def __init__(self, places: list[int]) -> None:
        super().__init__()
        self.places = places


class Failed(Exception):  # noqa: N818 a finding, not a failure
    """A batch that cannot be loaded as a whole; its reason is fit for the ledger."""

    def __init__(self, batch: Batch, reason: str) -> None:
        super().__init__(reason)
        self.batch = batch


def read(scratch_db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Stage a batch, and enter the lines that are no records.

    Raises Doubtful if some files have to be read line by line, Failed if a file cannot be read.
    """
    stage(scratch_db, batch)
    if not batch.files[0].careful:
        _reject_lines(scratch_db, batch)
    _check_lines(scratch_db, batch)


@contextmanager
def explained(batch: Batch) -> Iterator[None]:
    """Raise what goes wrong with files as Failed. Raises CrescendoError if no file is to blame."""
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


def stage(scratch_db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Read the files of a batch into `staged`. Raises Doubtful if some are arrays that DuckDB does not read."""
    scratch_db.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    with scratch.folder() as folder:
        links = [
            _link(file, folder / str(result.file_id)) for file, result in zip(batch.files, batch.results, strict=True)
        ]
        if batch.files[0].careful:
            _read_lines(batch, links[0])
        _list_files(scratch_db, batch, [str(link) for link in links])
        try:
            scratch_db.execute(staging_sql(batch.document, landing.relation(batch.files, links)))
        except duckdb.InvalidInputException as error:
            # in a load's own transaction nothing can be tried after an error
            if batch.files[0].format != "array" or batch.files[0].careful or batch.is_large:
                raise
            named = [place for place, link in enumerate(links) if str(link) in str(error)]
            raise Doubtful(named or list(range(len(links)))) from None
    for file in batch.files:
        if file.path.stat().st_size != file.size:
            raise Failed(batch, "changed while it was read: load it again when it is whole")


def _read_lines(batch: Batch, copy: Path) -> None:
    """Write the records of a file to a copy that DuckDB reads without doubt, and enter the lines that are none."""
    try:
        found = lines.rewrite(batch.files[0], copy)
    except arrays.NotWhole as error:
        reason = f"is not a whole JSON array: {error}: export it again, or as JSON lines, one record a line"
        raise Failed(batch, reason) from None
    batch.starts = found.starts
    [file_id] = [result.file_id for result in batch.results]
    for line in found.bad:
        batch.bad_lines[file_id].add(line.number)
        number = None if batch.files[0].format == "array" else line.number
        place = line.number if number is None else None
        batch.rejects.append((file_id, "record", place, number, line.path, line.reason, line.sample))


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


def _list_files(scratch_db: duckdb.DuckDBPyConnection, batch: Batch, links: list[str]) -> None:
    """Leave `batch_files`: a file's link, its number, and what its page was asked for."""
    asked = [leaf.key for _, leaf in batch.columns.scalars] if batch.document.layout == "page" else []
    columns = "".join(f", {quoted(key)} varchar" for key in asked)
    names = f"filename varchar, id bigint, content_sha256 varchar{columns}"
    scratch_db.execute(f"create or replace temp table batch_files ({names})")
    rows = [
        [link, result.file_id, result.content_sha256, *file.facts]
        for link, result, file in zip(links, batch.results, batch.files, strict=True)
    ]
    ledger.append(scratch_db, "batch_files", rows)


def _reject_lines(scratch_db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Enter the lines that DuckDB could not read as records."""
    if batch.files[0].format not in ("csv", "lines"):
        return
    rows = scratch_db.execute(
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
        # lines of JSON are read as one column, with a control character as the delimiter
        is_column = kind == "TOO MANY COLUMNS" and not header
        reason = CONTROL if is_column else LINE_REASONS.get(kind, kind.lower())
        sample = lines.line_at(files[file_id], position) or (shown or b"")[: lines.SHOWN].decode("utf-8", "replace")
        batch.rejects.append((file_id, "record", None, line, path, reason, sample))


def _check_lines(scratch_db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Compare the number of records with the lines of their file. Raises Doubtful if they are fewer."""
    if batch.files[0].format not in ("csv", "lines") and not batch.files[0].careful:
        return
    counts = "select f.id, count(s.filename) from batch_files as f left join staged as s using (filename) group by f.id"
    staged = dict(scratch_db.execute(counts).fetchall())
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


# --- the statement that stages -----------------------------------------------------------------------------------


def staging_sql(document: Document, relation: Relation) -> str:
    """The statement that reads a batch into `staged`.

    Its columns are those of `Columns` that later steps need, and `filename`, `_row_id`, `_broken` (the text of a record
    that is no JSON object), `_unknown` (the undeclared keys of a record, as a list), `_scalars_clean`, and `_certain`:
    whether every root matches its pattern.
    """
    columns = Columns(document)
    parsed = ["*", *(f"{read_typed(columns.text(n), node)} as {columns.typed(n)}" for n, node in columns.roots)]
    matched = ["*", *(_matched(n, node) for n, node in columns.roots)]
    clean = [validate.scalar_is_clean(columns.scalar(n), node) for n, node in columns.scalars]
    certain = " and ".join(columns.matched(n) for n, _ in columns.roots) or "true"
    return f"""create or replace temp table staged as
with sent as (select {", ".join(_sent(columns, relation))} from {relation.sql}),
parsed as (select {", ".join(parsed)} from sent),
matched as (select {", ".join(matched)} from parsed)
select filename, {_identity(columns, relation)} as _row_id, _broken, _unknown, {", ".join(_kept(columns))},
    {" and ".join(clean) or "true"} as _scalars_clean, {certain} as _certain
from matched"""


def _sent(columns: Columns, relation: Relation) -> list[str]:
    """The texts of a record, as sent; blank is the same as absent."""
    names = [*columns.scalar_names, *(columns.text(number) for number, _ in columns.roots)]
    texts = [
        f"nullif({relation.columns[key]}, '') as {name}" if key in relation.columns else f"null as {name}"
        for name, key in zip(names, columns.keys, strict=True)
    ]
    about = [
        f"{relation.broken} as _broken",
        f"{relation.unknown} as _unknown",
        f"{relation.digest or 'null'} as _digest",
    ]
    return ["filename", *about, *texts]


def _matched(number: int, node: Node) -> str:
    condition = validate.matches(node, Columns.text(number), Columns.typed(number))
    return f"{condition} as {Columns.matched(number)}"


def _kept(columns: Columns) -> list[str]:
    """What the steps after this one need of a record: a text only if it does not match."""
    numbers = [number for number, _ in columns.roots]
    doubtful = [
        f"case when not {columns.matched(n)} then coalesce({columns.text(n)}, '') end as {columns.doubtful(n)}"
        for n in numbers
    ]
    counted = [f"{rows_of(node, columns.typed(n))} as {columns.rows(n)}" for n, node in columns.roots]
    return [*columns.scalar_names, *columns.typed_names, *doubtful, *counted]


def _identity(columns: Columns, relation: Relation) -> str:
    """A record is what it says; a page is what was asked and the bytes of the answer."""
    read = [*columns.scalar_names, *columns.typed_names]
    return row_id([*columns.scalar_names, "_digest"] if relation.digest else read)


def row_id(values: list[str]) -> str:
    """SQL: what identifies a record, from the text of its scalars and its typed readings."""
    # a sort key tells any two values apart, is a third of their text, and does not depend on how they were written
    return f"md5(create_sort_key(row({', '.join(values)}), 'asc nulls first'))::uuid"
