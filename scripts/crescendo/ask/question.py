"""What is asked and what is answered, without the warehouse."""

from dataclasses import dataclass, field
from datetime import date

from crescendo.ask.windows import Window

# words after which `--against` compares
AGAINST = ("previous", "year")


@dataclass(frozen=True)
class Question:
    """What is asked: `kind` 'growth' or 'averages', of `by`: a type of subject or group, or series for every subject.

    An empty `by` is the type of which most series count streams. One of a window by its days, `last` and `window` says
    when. `step` cuts the window into days, weeks or months. `within` keeps the members of groups: a type and a part of
    a name. A day before the first day of the data or after the last is no mistake.
    """

    kind: str
    by: str = ""
    from_date: date | None = None
    to_date: date | None = None
    last: str = ""
    window: str = ""
    against: str = ""
    step: str = ""
    metric: str = ""
    platform: str = ""
    names: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    top: int = 0


@dataclass(frozen=True)
class Answer:
    """Rows of an answer with the names and DuckDB types of their columns, and the question as it was understood.

    `windows` are the platforms' own if the last complete day differs. `warnings` are sentences: rows that may mix two
    builds, names that are only near. `labels` and `meanings` say each status in words.
    """

    question: Question
    columns: list[str]
    types: list[str]
    rows: list[tuple]
    windows: list[Window]
    warnings: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)

    def values(self, column: str) -> list:
        """One column, row by row."""
        number = self.columns.index(column)
        return [row[number] for row in self.rows]
