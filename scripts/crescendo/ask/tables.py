"""A table that fits a terminal: no digit is ever cut.

If it is too wide, in this order: figures are shortened by a rule (1.63 B), columns that matter least give way and are
named in a footer, and at last names are cut and end in an ellipsis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rich.cells import cell_len

from crescendo.ask.texts import _, language

ELLIPSIS = "…"
GAP = "  "
# a name that is cut shows at least so much, and less is no name
LEAST_NAME = 14
SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
# the French say milliard
SCALES_FR = ((1e12, "Bn"), (1e9, "Md"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, whether it is text, and what it shows of each row.

    `short` are the same figures shortened; `rank` says which column gives way first, the largest first, 0 never. A text
    that is `whole` is no use if cut, such as an id to be copied.
    """

    heading: str
    cells: list[str]
    is_text: bool = False
    rank: int = 0
    short: list[str] = field(default_factory=list)
    whole: bool = False

    @cached_property
    def width(self) -> int:
        """Cells of a terminal that it takes."""
        return max(map(cell_len, [self.heading, *self.cells]), default=0)


def grouped(value: float, decimals: int = 0, *, sign: bool = False) -> str:
    """A figure with thousands apart, in the reader's language; a sign if asked."""
    said = f"{value:{'+' if sign else ''},.{decimals}f}"
    if said.lstrip("+-").strip("0.,") == "":  # no minus zero
        said = said.lstrip("+-")
    return localized(said)


def localized(said: str) -> str:
    """A figure as Python writes it, with the marks of the reader's language."""
    return said.replace(",", "\u202f").replace(".", ",") if language() == "fr" else said


def shortened(value: float, *, sign: bool = False) -> str:
    """A figure of three digits and a scale: 1.63 B for 1,629,848,367. Below 10,000 it is as it was."""
    if abs(value) < 10_000:
        return grouped(value, 0, sign=sign)
    for scale, letter in SCALES_FR if language() == "fr" else SCALES:
        # 999,950 is 1.00 M, not 1000 K
        if abs(value) >= scale * (1 if scale == 1e3 else 0.9995):
            size = abs(value) / scale
            decimals = 2 if size < 9.995 else 1 if size < 99.95 else 0
            return f"{grouped(value / scale, decimals, sign=sign)} {letter}"
    return grouped(value, 0, sign=sign)


def fitted(columns: Sequence[Column], width: int) -> tuple[list[str], list[str]]:
    """The lines of a table within a width, and what its reader must know: shortened figures, left out columns.

    A table whose columns cannot give way is as wide as its figures are.
    """
    shown, notes = list(columns), []
    if _wide(shown) > width and any(column.short for column in shown):
        shown = [_shorter(column) for column in shown]
        notes.append(_("figures are shortened; --wide shows them whole"))
    left_out: list[str] = []
    while _least(shown) > width and any(column.rank for column in shown):
        weakest = max(shown, key=lambda column: column.rank)
        left_out.insert(0, weakest.heading)
        shown.remove(weakest)
    if left_out:
        notes.append(_("left out for want of room: {columns}; --wide shows them", columns=", ".join(left_out)))
    shown = _cut(shown, width)
    lines = [_line([column.heading for column in shown], shown)]
    lines += [_line([column.cells[row] for column in shown], shown) for row in range(len(shown[0].cells))]
    return lines, notes


def cut(said: str, width: int) -> str:
    """A text of at most so many cells; one that was cut ends in an ellipsis, and no letter loses its accents."""
    if cell_len(said) <= width:
        return said
    kept = ""
    for letter in said:
        if cell_len(kept + letter) > width - 1:
            break
        kept += letter
    return kept.rstrip() + ELLIPSIS


def _shorter(column: Column) -> Column:
    if not column.short:
        return column
    return Column(column.heading, column.short, column.is_text, column.rank)


def _wide(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _least(columns: Sequence[Column]) -> int:
    """The width of columns whose names are cut as far as they may be."""
    room = sum(column.width - max(LEAST_NAME, cell_len(column.heading)) for column in _cuttable(columns))
    return _wide(columns) - room


def _cuttable(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.is_text and not column.whole and column.width > LEAST_NAME]


def _cut(columns: list[Column], width: int) -> list[Column]:
    """Names cut to the width, the widest first."""
    widths = {id(column): column.width for column in columns}
    spare = _wide(columns) - width
    while spare > 0:
        wide = [c for c in _cuttable(columns) if widths[id(c)] > max(LEAST_NAME, cell_len(c.heading))]
        if not wide:
            break
        widths[id(max(wide, key=lambda column: widths[id(column)]))] -= 1
        spare -= 1
    return [
        Column(c.heading, [cut(cell, widths[id(c)]) for cell in c.cells], c.is_text, c.rank)
        if widths[id(c)] < c.width
        else c
        for c in columns
    ]


def _line(cells: Sequence[str], columns: Sequence[Column]) -> str:
    padded = []
    for cell, column in zip(cells, columns, strict=True):
        spaces = " " * (column.width - cell_len(cell))
        padded.append(cell + spaces if column.is_text else spaces + cell)
    return GAP.join(padded).rstrip()
