"""The warehouse that the app reads: opened anew as soon as a build has put another file in its place.

Who is in the middle of a page goes on with the file that it began with. Answers are kept as long as the file is.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from crescendo import warehouse
from crescendo.ask import texts
from crescendo.ask.answers import ask, noted
from crescendo.ask.outputs import Rows
from crescendo.ask.question import Answer, Question

T = TypeVar("T")
# answers of one file that are kept; the largest has some hundred rows
MOST_KEPT = 400
Stamp = tuple[str, int, int, int]


@dataclass
class Opened:
    """A warehouse file that is open, and what was answered from it."""

    stamp: Stamp
    shared: duckdb.DuckDBPyConnection
    answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_work: dict[Hashable, threading.Lock] = field(default_factory=dict)

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A connection for one thread, to read."""
        return warehouse.reader(self.shared)

    def kept(self, key: Hashable, make: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """What was made before under the key in the reader's language, else what is made now, once for all readers."""
        key = (texts.language(), key)
        with self.lock:
            own = self.at_work.setdefault(key, threading.Lock())
        with own:
            if key not in self.answers:
                with self.reader() as connection:
                    made = make(connection)
                with self.lock:
                    self.answers[key] = made
                    if len(self.answers) > MOST_KEPT:
                        self.at_work.pop(self.answers.popitem(last=False)[0], None)
            return self.answers[key]

    def answer(self, question: Question) -> Answer:
        """The answer to a question. Raises CrescendoError if it cannot be understood."""
        return self.kept(question, lambda connection: ask(question, connection, self.notes()))

    def notes(self) -> list[str]:
        """What is to be said of all answers: an unfinished build, a broken promise."""
        return self.kept("notes", noted)

    def table(self, sql: str, *values: Hashable) -> Rows:
        """The rows of a statement with the types of their columns; a value that is a tuple is a list for DuckDB."""

        def make(connection: duckdb.DuckDBPyConnection) -> Rows:
            found = connection.execute(sql, [list(v) if isinstance(v, tuple) else v for v in values])
            columns, types = zip(*((column[0], str(column[1])) for column in found.description), strict=True)
            return Rows(list(columns), list(types), found.fetchall())

        return self.kept(("table", sql, values), make)

    def rows(self, sql: str, *values: Hashable) -> list[dict[str, Any]]:
        """The rows of a statement, a dict each."""
        return dicts(self.table(sql, *values))


def dicts(rows: Rows) -> list[dict[str, Any]]:
    """Rows as dicts."""
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]


_lock = threading.Lock()
_opened: list[Opened] = []


def opened() -> Opened:
    """The warehouse as it is now. Raises CrescendoError if there is none, or if it cannot be read."""
    file = warehouse.path()
    with _lock:
        if not _opened or _opened[0].stamp != _stamp(file):
            # before it is opened: if it is changed meanwhile, the next reader opens it again
            stamp = _stamp(file)
            _opened[:] = [Opened(stamp, warehouse.shared(file))]
        return _opened[0]


def _stamp(file: Path) -> Stamp:
    """What tells a file from the one that took its place."""
    try:
        found = file.stat()
    except OSError:
        return (str(file), 0, 0, 0)
    return (str(file), found.st_ino, found.st_size, found.st_mtime_ns)
