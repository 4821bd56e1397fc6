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
    a name; `ids` keeps subjects by what `metrics.dim_subjects` calls them. A day before the first day of the data or
    after the last is no mistake.
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
    ids: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    top: int = 0


@dataclass(frozen=True)
class LeftOut:
    """Of how many rows the first are shown, and how many of all have no figure to be ranked by, by status."""

    count: int = 0
    unranked: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Rows of an answer with the names and DuckDB types of their columns, and the question as it was understood.

    `spans` are the windows by platform, which differ if the last complete day does; `complete` are those days.
    `warnings` are sentences: rows that may mix two builds, names that are only near. `labels` and `meanings` say each
    status in words.
    """

    question: Question
    columns: list[str]
    types: list[str]
    rows: list[tuple]
    spans: dict[str, Window]
    warnings: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    complete: dict[str, date] = field(default_factory=dict)

    @property
    def windows(self) -> list[Window]:
        """The windows, the earliest first."""
        return sorted(set(self.spans.values()))

    def values(self, column: str) -> list:
        """One column, row by row."""
        number = self.columns.index(column)
        return [row[number] for row in self.rows]
