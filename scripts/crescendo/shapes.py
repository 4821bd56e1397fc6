"""How a source declares what it sends: documents, their fields, and the raw tables they flatten to.

A declaration is data. `ingest/flatten.py` compiles it to SQL, `ingest/slow_path.py` reads records by the same
declaration if their text is not clean, and the dbt sources, the field dictionary and the diagrams are held equal to it.
"""

import re
from dataclasses import dataclass
from functools import cached_property

# what a leaf may hold -> the DuckDB type of its raw column
KINDS = {
    "text": "VARCHAR",
    "day": "DATE",  # the calendar day as written: the first ten characters, never a time-zone cast
    # a day, or a month or a year if no more is known, or a year zero if nothing is; as written, staging reads the day
    "release": "VARCHAR",
    "count": "BIGINT",  # a whole number from 0 to 2^63 - 1
    "integer": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "moment": "VARCHAR",  # a day, or a day and time with or without an offset, as written; staging knows the time zone
    # of a record's own columns only, not within lists and objects:
    "period": "VARCHAR",  # a day, an ISO week or a month: 2025-01-31, 2025-W05, 2025-01
    "decimal": "DECIMAL(18, 6)",  # an amount with a decimal point or comma; thousands may have spaces between them
    "json": "VARCHAR",  # a text, or the JSON of an object or list: for a key whose form changed over the years
}


def snake_case(key: str) -> str:
    """A source's key as a column name: `percentEvolution` and `spotify-streams` become snake case."""
    return re.sub(r"[^0-9a-z]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")


@dataclass(frozen=True)
class Field:
    """A leaf: one key, one raw column. A record without a `required` field is rejected."""

    key: str
    kind: str = "text"
    name: str = ""
    required: bool = False
    note: str = ""

    @cached_property
    def column(self) -> str:
        """The raw column's name."""
        return self.name or snake_case(self.key)


@dataclass(frozen=True)
class Group:
    """An object whose fields join the row that holds it, under the group's name and an underscore."""

    key: str
    fields: "tuple[Node, ...]"
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Rows:
    """A list of objects: one row each in a child table, linked by `_parent_row_id` and `_index` (from 1)."""

    key: str
    table: str
    fields: "tuple[Node, ...]"
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Values:
    """A list of plain values: one row each in a child table."""

    key: str
    table: str
    value: Field
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Entries:
    """An object whose keys are data: one row per key, named in column `name`.

    Without a table of its own, its entries multiply the rows that hold it (a row with no entry stays, with nulls).
    """

    key: str
    name: str
    fields: "tuple[Node, ...]"
    table: str = ""
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Pairs:
    """An object whose keys are data and whose values are plain: one row each in a child table, the key in `name`."""

    key: str
    table: str
    name: str
    value: Field
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Dropped:
    """A key that is known and left out; the note says why."""

    key: str
    note: str
    required: bool = False


Node = Field | Group | Rows | Values | Entries | Pairs | Dropped


@dataclass(frozen=True)
class Need:
    """A fact that a page must have: a page of which neither request, name, body nor option says it is refused.

    `at` is where the page's body may say it ('related.uuid'), in objects or in lists of one.
    """

    fact: str
    at: str = ""


@dataclass(frozen=True)
class Endpoint:
    """Where a page of an API is asked for; what fetches it and what simulates it read the same declaration.

    `path` holds {id} and {platform} where a request says them, `query` what every request says besides. `key` names
    what tells the items of a listing apart (song.uuid), `limit` is the most of them that a page may have. A `dated`
    endpoint is asked by first and last day. `platforms` are the codes that it may be asked for, with spaces between.
    """

    path: str
    key: tuple[str, ...] = ()
    query: str = ""
    limit: int = 100
    dated: bool = False
    platforms: str = ""


@dataclass(frozen=True)
class Document:
    """One kind of file or page.

    `layout` is 'table' (a CSV whose columns are the fields, lists and objects as JSON text, or the same records as
    JSON) or 'page' (one JSON document a file, or a line). A file is recognised by its columns or keys: all of
    `signature` must be there ('object.isrc', 'items[].date'), and most of the others must be declared. A page is also
    recognised by its name (the part before the first two underscores) or by the request beside it.

    `facts` are what a page was asked for: 'uuid', 'platform', 'list', 'from', 'to', 'page', 'reading', 'load_date',
    from the request beside it, else from its name; 'day', a day anywhere in its name; or 'folder', the name of its
    folder. Each becomes a column `asked_<fact>` of the document's table, and part of its rows' identity.

    `needs` are the facts that a page must have. One that neither the request nor the name says is taken from the page's
    body, else from an option of the command. `endpoint` is the address that the page is asked for at, None for a file
    that somebody hands over.

    `carried` are columns of the page's row that each row of its lists has too, so that no model has to join the two; a
    row of a list in a list has not. Every row of a page has its `_load_id`. Long series carry nothing else: DuckDB
    takes 100 ns to store a text, a tenth of what loading the row takes (docs/decisions/0017).

    `of_people` says that its records are about people, so that no value of an undeclared field is shown.
    """

    name: str
    table: str
    fields: tuple[Node, ...]
    signature: tuple[str, ...]
    layout: str = "table"
    facts: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    carried: tuple[str, ...] = ()
    line_number_prefix: bool = False
    note: str = ""
    endpoint: Endpoint | None = None
    of_people: bool = False


@dataclass(frozen=True)
class Source:
    """A platform or partner: its name is the raw schema's (`raw_<name>`)."""

    name: str
    documents: tuple[Document, ...]
    note: str = ""

    @property
    def schema(self) -> str:
        """The schema that holds the source's raw tables."""
        return f"raw_{self.name}"

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """The endpoints, by the name of their document."""
        return {document.name: document.endpoint for document in self.documents if document.endpoint}
