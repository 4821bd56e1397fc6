"""A subject on one screen of a terminal: its course as a line of blocks, its growth, what moved, and the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from crescendo.ask import names, outputs
from crescendo.ask.answers import ask
from crescendo.ask.lists import Listed
from crescendo.ask.question import Answer, Question
from crescendo.ask.reasons import built, known_metric, known_word
from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

BLOCKS = "▁▂▃▄▅▆▇█"
WINDOWS = ("7d", "28d", "3m", "1y")
# metrics of a subject that one screen holds, and weeks of its course
MOST_METRICS, WEEKS = 3, 26
COUNTED = """
    select m.platform, m.metric, count(*) as series_count
    from intermediate.int_series_grouped as g
    inner join metrics.dim_series as s using (series_id)
    inner join metrics.dim_metrics as m using (metric_id)
    where g.subject = ? and ? in ('', m.platform) and ? in ('', m.metric)
    group by 1, 2 order by m.metric = 'streams' desc, count(*) desc, 1, 2
"""
# each week's own closing value: a week without an observation has none
COURSE = """
    with weeks as (
        select unnest(generate_series(cast(? as date) - 7 * (? - 1), cast(? as date), interval 7 day)) as week_end
    )
    select
        cast(week_end as date) as week_end,
        max_by(o.value, o.observed_date) filter (not o.is_outlier) as value,
        count(*) filter (o.is_outlier) as outlier_count
    from weeks
    left join metrics.fct_observations as o
        on o.series_id = (
            select s.series_id from metrics.dim_series as s inner join metrics.dim_metrics as m using (metric_id)
            where s.subject_id = ? and m.platform = ? and m.metric = ?
        )
        and o.observed_date > cast(week_end as date) - 7 and o.observed_date <= cast(week_end as date)
    group by all order by week_end
"""


@dataclass(frozen=True)
class Screen:
    """What is shown of a subject: lines above the tables, the tables, lines below."""

    head: list[str]
    tables: list[Listed]
    foot: list[str] = field(default_factory=list)


def screen(text: str, kind: str = "", platform: str = "", metric: str = "") -> Screen:
    """The best subject that a text names. Raises CrescendoError if there is none, or if nothing is counted of it."""
    if not text.strip():
        raise CrescendoError(_("a name is empty: leave it out, or type a part of it"))
    with built() as connection:
        found = names.find(connection, text, _known_type(connection, kind))
        if not found:
            raise names.unknown(connection, text, kind)
        first = found[0]
        pairs = _pairs(connection, first.subject_id, platform, metric)
        if not pairs:
            raise CrescendoError(
                _("nothing was counted of {name}: `crescendo find` shows what else is there", name=first.name)
            )
        answers = [_answer(connection, first, *pair, window) for pair in pairs[:MOST_METRICS] for window in WINDOWS]
        head = [_title(connection, first), *_others(found)]
        head += _course(connection, first, *pairs[0], answers[1])
        return Screen(head, [_growth(answers), _evidence(answers[1 :: len(WINDOWS)])], _foot(answers, pairs))


def _known_type(connection: duckdb.DuckDBPyConnection, kind: str) -> str:
    known = [row[0] for row in connection.execute("select distinct subject_type from metrics.dim_subjects").fetchall()]
    return known_word("type", kind, sorted({*known, "platform"})) if kind else ""


def _pairs(connection: duckdb.DuckDBPyConnection, subject: str, platform: str, metric: str) -> list[tuple[str, str]]:
    """Platform and metric of what is counted of a subject; streams first."""
    for word, column in ((platform, "platform"), (metric, "metric")):
        known = [
            r[0] for r in connection.execute(f"select distinct {column} from metrics.dim_metrics order by 1").fetchall()
        ]
        if word and column == "platform":
            platform = known_word(column, word, known)
        elif word:
            metric = known_metric(word, known)
    rows = connection.execute(COUNTED, [subject, platform, metric]).fetchall()
    return [(row[0], row[1]) for row in rows]


def _answer(connection: duckdb.DuckDBPyConnection, one: names.Found, platform: str, metric: str, window: str) -> Answer:
    question = Question(
        "growth",
        by=one.subject_type,
        ids=(one.subject_id,),
        platform=platform,
        metric=metric,
        last=window,
        against="year",
    )
    return ask(question, connection)


def _title(connection: duckdb.DuckDBPyConnection, one: names.Found) -> str:
    groups = names.groups(connection, [one.subject_id]).get(one.subject_id, "")
    return _("{name}, {kind}", name=one.name, kind=_(one.subject_type)) + (f" ({groups})" if groups else "")


def _others(found: list[names.Found]) -> list[str]:
    said = []
    if found[0].rank == names.NEAR:
        said.append(_("no name is just that; this is the closest"))
    if len(found) > 1:
        listed = ", ".join(f"{one.name} ({_(one.subject_type)})" for one in found[1:3])
        said.append(_("also {names}: name one by its id, which `crescendo find` shows", names=listed))
    return said


def _course(
    connection: duckdb.DuckDBPyConnection, one: names.Found, platform: str, metric: str, answer: Answer
) -> list[str]:
    """A block for each week up to the last complete day, a blank for a week without an observation."""
    end = answer.windows[0].end
    rows = connection.execute(COURSE, [end, WEEKS, end, one.subject_id, platform, metric]).fetchall()
    values = [row[1] for row in rows if row[1] is not None]
    if len(values) < 2:
        return []
    line = "".join(_block(row[1], min(values), max(values)) for row in rows)
    said = _("{platform} {metric}, {count} {count:week|weeks} up to {end}, from {low} to {high}",
             platform=platform, metric=metric, count=WEEKS, end=end,
             low=grouped(min(values)), high=grouped(max(values)))  # fmt: skip
    outliers = sum(row[2] for row in rows)
    marks = [_("{count} {count:outlier is|outliers are} left out", count=outliers)] if outliers else []
    return ["", f"{line}  {said}", *marks]


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return " "
    share = (value - low) / (high - low) if high > low else 0.5
    return BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)]


def _rows(answers: list[Answer]) -> outputs.Rows:
    """The rows of answers under each other, with the window as it was asked for."""
    columns, types = ["window_name", *answers[0].columns], ["VARCHAR", *answers[0].types]
    places = {name: answers[0].columns.index(name) for name in answers[0].columns}
    kept = []
    for answer in answers:
        for row in answer.rows:
            status = answer.labels[row[places["status"]]]
            kept.append((answer.question.last, *row[: places["status"]], status, *row[places["status"] + 1 :]))
    return outputs.Rows(columns, types, kept)


def _growth(answers: list[Answer]) -> Listed:
    return Listed(
        _("Growth"), _rows(answers),
        [("platform", "platform", 0), ("metric", "metric", 0), ("window_name", "last", 0), ("end_value", "to", 3),
         ("growth", "growth", 0), ("growth_pct", "growth %", 0), ("period_change_pct", "gain vs before %", 1),
         ("against_change_pct", "gain vs year before %", 2), ("status", "status", 0)],
    )  # fmt: skip


def _evidence(answers: list[Answer]) -> Listed:
    return Listed(
        _("Evidence of the last 28 days"), _rows(answers),
        [("platform", "platform", 0), ("metric", "metric", 0), ("start_observed_date", "anchor at the start", 0),
         ("start_age_days", "age (days)", 3), ("end_observed_date", "anchor at the end", 0),
         ("end_age_days", "age (days)", 4), ("observed_days", "observed days", 1),
         ("expected_days", "expected days", 2),
         ("restatement_count", "restatements", 5), ("reset_count", "resets", 6)],
    )  # fmt: skip


def _left_out(answer: Answer) -> Iterator[int]:
    """How many members of a group have no value on one of the two days."""
    return (count for name in ("new_count", "lost_count") for count in answer.values(name))


def _foot(answers: list[Answer], pairs: list[tuple[str, str]]) -> list[str]:
    there = dict.fromkeys(status for answer in answers for status in answer.values("status"))
    labels, meanings = answers[0].labels, answers[0].meanings
    said = [_("{word}: {meaning}", word=labels[status], meaning=meanings[status]) for status in there]
    if any("same_count" in answer.columns and sum(_left_out(answer)) for answer in answers):
        said.append(
            _("to and growth are of the members with a value on both days of the window: windows may differ in members")
        )
    if len(pairs) > MOST_METRICS:
        said.append(
            _(
                "{count} more {count:metric|metrics}: --platform and --metric show {count:it|them}",
                count=len(pairs) - MOST_METRICS,
            )
        )
    said += dict.fromkeys(warning for answer in answers for warning in answer.warnings)
    return said
