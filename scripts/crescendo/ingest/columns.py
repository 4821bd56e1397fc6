"""The columns of a batch on its way: what is read of each record, under which name, as which type.

Every module of the loader names the columns of the staged records by the class `Columns`, and no other way.
"""

import json
from dataclasses import dataclass
from functools import cached_property

from crescendo.shapes import KINDS, Document, Dropped, Entries, Field, Group, Node, Pairs, Rows, Values
from crescendo.warehouse import quoted, text


def json_roots(document: Document) -> list[Node]:
    """The parts of a document that arrive as JSON text: its nested columns, or the whole page."""
    if document.layout == "page":
        return [Group("$", document.fields, required=True)]
    return [node for node in document.fields if not isinstance(node, Field)]


def scalars(document: Document) -> list[Field]:
    """The leaf columns of a table-shaped document, or what a page was asked for."""
    if document.layout == "page":
        needed = {need.fact for need in document.needs}
        return [Field(f"asked_{fact}", required=fact in needed) for fact in document.facts]
    return [node for node in document.fields if isinstance(node, Field)]


def text_columns(document: Document) -> list[str]:
    """The keys whose text is staged."""
    return [node.key for node in [*scalars(document), *json_roots(document)]]


def typed(node: Node) -> str:
    """The DuckDB type a node's JSON is read into."""
    match node:
        case Field():
            return KINDS[node.kind]
        case Group():
            return _struct(node.fields)
        case Rows():
            return f"{_struct(node.fields)}[]"
        case Values():
            return f"{typed(node.value)}[]"
        case Entries():
            return f"MAP(VARCHAR, {_struct(node.fields)})"
        case Pairs():
            return f"MAP(VARCHAR, {typed(node.value)})"
        case Dropped():
            raise ValueError(f"{node.key} is not read")


def _struct(fields: tuple[Node, ...]) -> str:
    kept = [node for node in fields if not isinstance(node, Dropped)]
    return "STRUCT(" + ", ".join(f"{quoted(node.key)} {typed(node)}" for node in kept) + ")"


def read_typed(expression: str, node: Node) -> str:
    """Read JSON text into a node's type; null if it is not JSON of that form, or no text."""
    # without the cast, a column that was not sent has no type at all
    return f"try(from_json({expression}, {text(json.dumps(typed(node)))}))::{typed(node)}"


@dataclass(frozen=True)
class Columns:
    """The columns of the temporary table `staged`, one row per record, by the number of the scalar or the JSON root.

    A scalar is a leaf of a table-shaped record, or a fact of a page. A root is what arrives as JSON text: a nested
    column, or the whole page.
    """

    document: Document

    @cached_property
    def roots(self) -> list[tuple[int, Node]]:
        """The JSON roots, numbered."""
        return list(enumerate(json_roots(self.document)))

    @cached_property
    def scalars(self) -> list[tuple[int, Field]]:
        """The scalars, numbered."""
        return list(enumerate(scalars(self.document)))

    @property
    def keys(self) -> list[str]:
        """The keys of all scalars and roots, in the order of `texts`."""
        return [node.key for _, node in [*self.scalars, *self.roots]]

    @property
    def scalar_names(self) -> list[str]:
        """The columns with the text of each scalar."""
        return [self.scalar(number) for number, _ in self.scalars]

    @property
    def typed_names(self) -> list[str]:
        """The columns with the typed reading of each root."""
        return [self.typed(number) for number, _ in self.roots]

    @property
    def texts(self) -> list[str]:
        """The columns that a record is read again from: its scalars, and its roots that are doubtful."""
        return [*self.scalar_names, *(self.doubtful(number) for number, _ in self.roots)]

    @staticmethod
    def scalar(number: int) -> str:
        """A scalar's text."""
        return f"scalar_{number}"

    @staticmethod
    def text(number: int) -> str:
        """A root's JSON text, as sent."""
        return f"text_{number}"

    @staticmethod
    def typed(number: int) -> str:
        """A root's typed reading."""
        return f"typed_{number}"

    @staticmethod
    def matched(number: int) -> str:
        """Whether a root's text matches the pattern of its declaration."""
        return f"matched_{number}"

    @staticmethod
    def rows(number: int) -> str:
        """How many rows of child tables a root makes."""
        return f"rows_{number}"

    @staticmethod
    def doubtful(number: int) -> str:
        """A root's text if it does not match: '' if it should be there and is not, null if there is no doubt."""
        return f"doubtful_{number}"

    @staticmethod
    def keys_found(number: int, place: int) -> str:
        """The keys of the objects at one place of a root, for the type check."""
        return f"keys_{number}_{place}"
