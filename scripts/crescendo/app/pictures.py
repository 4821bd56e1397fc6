"""Charts outside of the app: `crescendo.chart(...)` in a notebook, `crescendo growth --chart FILE` in a terminal."""

from collections.abc import Sequence

from crescendo.app import draw, spans
from crescendo.app.draw import Drawn, Row
from crescendo.ask.question import Answer
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError
from crescendo.terminal import printable

# lines that can be told apart, and bars that fit a page
MOST_LINES, MOST_BARS = 6, 20
MOST_LETTERS = 40


def short(name: str, letters: int = 60) -> str:
    """A name of at most so many letters, on one line."""
    plain = " ".join(printable(name).split())
    return plain if len(plain) <= letters else plain[: letters - 1].rstrip() + "…"


def unique(names: Sequence[str]) -> list[str]:
    """Names that no two rows share: the second of a name gets its number."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def of_answer(answer: Answer) -> Drawn:
    """The chart of an answer on growth: its course if it has steps, else ranked bars.

    Raises CrescendoError if no row has a growth, or if they are not of one unit.
    """
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    kept = [row for row in rows if row["growth"] is not None]
    if not kept:
        raise CrescendoError(_("there is no growth to draw: ask another window or another name"))
    if len({row["unit"] for row in kept}) > 1:
        raise CrescendoError(_("a chart is of one unit: name one metric with --metric"))
    asked = {"metric": answer.question.metric, "by": answer.question.by, "span": spans.span(answer.windows[0])}
    return _steps(kept, answer, asked) if answer.question.step else _bars(kept, answer, asked)


def _steps(rows: list[Row], answer: Answer, asked: dict[str, str]) -> Drawn:
    keys = list(dict.fromkeys((row["subject_id"], row["platform"]) for row in rows))
    if len(keys) > MOST_LINES:
        raise CrescendoError(_("{count} rows are too many for one chart: keep {most} with --top, --name or --platform",
                               count=len(keys), most=MOST_LINES))  # fmt: skip
    called = dict(zip(keys, unique([_called(row, answer) for row in _firsts(rows)]), strict=True))
    made = [
        {"name": called[row["subject_id"], row["platform"]], "date": row["to_date"], "value": row["growth"],
         "whole": row["is_whole_step"]}
        for row in rows
    ]  # fmt: skip
    said = _("Growth of {metric} by {by}, {span}.", **asked)
    return draw.steps(made, rows[0]["unit"], said)


def _firsts(rows: list[Row]) -> list[Row]:
    """The first row of each subject and platform."""
    return list({(row["subject_id"], row["platform"]): row for row in reversed(rows)}.values())[::-1]


def _bars(rows: list[Row], answer: Answer, asked: dict[str, str]) -> Drawn:
    first = rows[:MOST_BARS]
    names = unique([_called(row, answer) for row in first])
    bars = [{"name": name, "value": row["growth"]} for name, row in zip(names, first, strict=True)]
    said = _("Growth of {metric} by {by}, {span}.", **asked)
    if len(first) < answer.left_out.count:
        said += " " + _("{shown} of {count} {count:row|rows}", shown=len(first), count=answer.left_out.count) + "."
    return draw.bars(bars, rows[0]["unit"], said)


def _called(row: Row, answer: Answer) -> str:
    several = len(set(answer.values("platform"))) > 1
    return short(row["name"], MOST_LETTERS) + (
        f" · {row['platform']}" if several and row["platform"] != row["name"] else ""
    )
