"""Growth and averages over any window, asked from a shell or a notebook. The numbers come from `metrics.*`."""

import csv
import json
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click
import duckdb

from crescendo import builds, outcome, warehouse
from crescendo.errors import CrescendoError
from crescendo.options import format_option
from crescendo.publish import spreadsheet
from crescendo.terminal import printable
from crescendo.warehouse import quoted

if TYPE_CHECKING:
    import pandas as pd

# what a label manager reads of each answer; --format json and csv have every column
SHOWN = {
    "growth": (
        "name", "member_type", "platform", "to_date", "start_value", "end_value", "growth",
        "growth_pct", "period_change_pct", "coverage_ratio", "status",
    ),
    "averages": (),
}  # fmt: skip
HEADINGS = {
    "member_type": "of",
    "to_date": "until",
    "start_value": "from",
    "end_value": "to",
    "growth_pct": "growth %",
    "period_change_pct": "against window before %",
    "coverage_ratio": "seen",
}
# a rolling metric counts the people of so many days up to its own
ROLLING_DAYS = 28


@dataclass(frozen=True)
class Question:
    """What is asked: `kind` 'growth' or 'averages', of `by`: a type of subject or group, or series for every subject.

    An empty `by` is the type of which most series count streams.
    """

    kind: str
    by: str
    from_date: date | None
    to_date: date | None
    last: str = ""
    metric: str = ""
    platform: str = ""
    name: str = ""
    sort: str = ""
    top: int = 0


@dataclass(frozen=True)
class Answer:
    """Rows of an answer with the names and DuckDB types of their columns, and the question as it was understood.

    `warning` says why the rows may mix two builds; empty if they cannot. `labels` says each status in words.
    """

    question: Question
    columns: list[str]
    types: list[str]
    rows: list[tuple]
    warning: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def values(self, column: str) -> list:
        """One column, row by row."""
        number = self.columns.index(column)
        return [row[number] for row in self.rows]


def growth(
    from_date: date | str | None = None,
    to_date: date | str | None = None,
    *,
    last: str = "",
    by: str = "",
    metric: str = "",
    platform: str = "",
    name: str = "",
    sort: str = "",
    top: int = 0,
) -> "pd.DataFrame":
    """Growth of every subject of a type, or of every group, from the close of one day to the close of another.

    `by` is a type that is in the warehouse, such as song, genre or platform, or series for every subject; another one
    raises an error that lists them. Columns as `metrics.series_growth` and `group_growth` in the dbt docs; dates are
    datetime64, counts Int64, measures Float64, texts string. `last` (28d, 4w) ends at the last complete day of each
    platform. `metric` defaults to streams if there are any; all is every metric. Raises CrescendoError if the question
    cannot be understood. Definitions: docs/method.md.
    """
    question = Question("growth", by, _day(from_date), _day(to_date), last, metric, platform, name, sort, top)
    return _frame(ask(question))


def averages(
    from_date: date | str | None = None,
    to_date: date | str | None = None,
    *,
    last: str = "",
    by: str = "",
    metric: str = "",
    platform: str = "",
    name: str = "",
    sort: str = "",
    top: int = 0,
) -> "pd.DataFrame":
    """Averages of every subject of a type, or of every group, over a window; parameters and errors as `growth`."""
    question = Question("averages", by, _day(from_date), _day(to_date), last, metric, platform, name, sort, top)
    return _frame(ask(question))


def ask(question: Question) -> Answer:
    """Answer a question from the warehouse. Raises CrescendoError where it cannot be understood."""
    _check_words(question)
    with warehouse.connect(read_only=True) as connection:
        if not _exists(connection, "series_growth"):
            raise CrescendoError(f"{warehouse.path()} has no growth yet: run `crescendo build`, or `dbt build`")
        question = replace(question, by=_asked_type(connection, question))
        relation, condition, values = _relation(connection, question)
        columns = [row[0] for row in connection.execute(f"describe from {relation(date.max, date.max)}").fetchall()]
        question = _understood(connection, question, columns)
        for column, value in (("metric", question.metric), ("platform", question.platform)):
            if value and value != "all":
                condition += f" and {column} = ?"
                values.append(value)
        if question.name:
            condition += " and contains(lower(name), lower(?))"
            values.append(question.name)
        windows, platforms = _windows(connection, question, relation)
        found = connection.execute(
            f"from ({windows}) where {condition}"
            f" order by {_order(question.sort, columns)} {f'limit {int(question.top)}' if question.top else ''}",
            [*platforms, *values],
        )
        types, rows = [str(column[1]) for column in found.description], found.fetchall()
        return Answer(question, columns, types, rows, builds.unbuilt(connection), _labels(connection))


def _windows(connection: duckdb.DuckDBPyConnection, question: Question, relation) -> tuple[str, list[list[str]]]:
    """SQL of the rows of the window, and its values. `last` ends on each platform's own last complete day."""
    if not question.last:
        return f"from {relation(question.from_date, question.to_date)}", []
    ends = connection.execute(
        "select complete_through_date, list(platform order by platform) from metrics.platform_completeness"
        " where ? in ('', platform) group by 1 order by 1",
        [question.platform],
    ).fetchall()
    length = timedelta(days=_days(question.last))
    parts = [f"from {relation(end - length, end)} where list_contains(?, platform)" for end, _ in ends]
    return " union all ".join(parts), [platforms for _, platforms in ends]


def _labels(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The statuses of growth in words, as dim_growth_statuses has them; nothing is to be said of ok."""
    rows = connection.execute("select status, label_en from metrics.dim_growth_statuses").fetchall()
    return {status: "" if status == "ok" else label for status, label in rows}


def _check_words(question: Question) -> None:
    if not isinstance(question.top, int) or question.top < 0:
        raise CrescendoError(f"top is a number of rows from 1, not {question.top!r}")
    for name in ("by", "last", "metric", "platform", "name", "sort"):
        said = getattr(question, name)
        if not isinstance(said, str):
            example = ", such as '28d'" if name == "last" else ""
            raise CrescendoError(f"{name} is a text{example}, not {said!r}")
        if not said.isprintable():
            raise CrescendoError(f"{name} {printable(said)!r} holds a character that no name has: type it as UTF-8")


def _exists(connection: duckdb.DuckDBPyConnection, function: str) -> bool:
    sql = "select 1 from duckdb_functions() where schema_name = 'metrics' and function_name = ?"
    return connection.execute(sql, [function]).fetchone() is not None


# every series, and every group that it counts for: its own subject, those of its domain, its platform
GROUPED = (
    "metrics.dim_series as s inner join metrics.dim_metrics as m using (metric_id)"
    " inner join intermediate.int_series_grouped as g using (series_id)"
)


def _asked_type(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    """The type that is asked by; the usual one if none is said. Raises CrescendoError if there is no such type."""
    types = _types(connection)
    if question.by in (*types, "series"):
        return question.by
    if question.by and types:
        raise CrescendoError(f"cannot ask by {question.by!r}: choose one of {', '.join([*types, 'series'])}")
    usual = _column(
        connection,
        f"select g.subject_type from {GROUPED} where g.subject_type = g.member_type and ? in ('', 'all', m.metric)"
        " group by 1 order by count(*) filter (m.metric = 'streams') desc, count(*) desc, 1 limit 1",
        [question.metric],
    )
    return usual[0] if usual else "series"


def _types(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Types of the subjects that have series, and of the groups that such subjects belong to."""
    return _column(connection, "select distinct subject_type from intermediate.int_series_grouped order by 1")


def _relation(connection: duckdb.DuckDBPyConnection, question: Question):
    """The table function that answers, as a function of the window; a condition on its rows; and its values.

    A domain may have a richer one of its own for a type: `metrics.<type>_growth`.
    """
    function, condition, values = f"{question.by}_{question.kind}", "true", []
    if not _exists(connection, function):
        members = "select 1 from intermediate.int_series_grouped where subject_type = ? and member_type <> subject_type"
        is_group = question.kind == "averages" or bool(_column(connection, f"{members} limit 1", [question.by]))
        function = f"{'group' if is_group else 'series'}_{question.kind}"
        condition, values = "subject_type = ?", [question.by]
    return lambda start, end: f"metrics.{quoted(function)}(date '{start}', date '{end}')", condition, values


def _column(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence = ()) -> list:
    return [row[0] for row in connection.execute(sql, list(values)).fetchall()]


def _understood(connection: duckdb.DuckDBPyConnection, question: Question, columns: list[str]) -> Question:
    """The question with its defaults filled in. Raises CrescendoError with the nearest names where one is unknown."""
    platforms = _column(connection, "select platform from metrics.dim_platforms order by 1")
    if question.platform and question.platform not in platforms:
        raise CrescendoError(_unknown("platform", question.platform, platforms))
    metrics = _column(
        connection,
        "select distinct m.metric from metrics.dim_metrics as m semi join metrics.dim_series as s using (metric_id)"
        " where ? in ('', m.platform) order by 1",
        [question.platform],
    )
    if question.metric not in ("", "all", *metrics):
        raise CrescendoError(_unknown("metric", question.metric, metrics))
    if not question.metric and "metric" in columns:
        question = replace(question, metric=_usual_metric(connection, question, metrics))
    if question.sort and question.sort.lstrip("-") not in columns:
        raise CrescendoError(_unknown("column", question.sort, columns))
    if question.name:
        _check_name(connection, question.name)
    question = _with_window(connection, question)
    return question if question.sort else replace(question, sort=_usual_sort(columns))


def _usual_metric(connection: duckdb.DuckDBPyConnection, question: Question, metrics: list[str]) -> str:
    """Streams where the asked subjects have them, else what most of their series count."""
    found = _column(
        connection,
        f"select m.metric from {GROUPED} where ? in ('', m.platform) and ? in ('series', g.subject_type)"
        " group by 1 order by m.metric = 'streams' desc, count(*) desc, 1 limit 1",
        [question.platform, question.by],
    )
    return found[0] if found else (metrics[0] if metrics else "")


def _usual_sort(columns: list[str]) -> str:
    return next((c for c in ("growth", "average_per_observed_day") if c in columns), columns[0])


def _order(sort: str, columns: list[str]) -> str:
    # texts from a to z, numbers from the largest; a minus turns either
    name = sort.lstrip("-")
    ascending = (name in ("subject", "name", "platform", "metric", "unit", "status")) != sort.startswith("-")
    ties = ", ".join(c for c in ("name", "subject", "platform", "metric") if c in columns and c != name)
    return f"{quoted(name)} {'asc' if ascending else 'desc'} nulls last{', ' + ties if ties else ''}"


def _unknown(what: str, said: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(said, known, n=3, cutoff=0.65)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:20]) or 'none'}"
    return f"there is no {what} {said!r}: {hint}"


def _check_name(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    names = "select name from metrics.dim_subjects union select platform_name from metrics.dim_platforms"
    if connection.execute(f"select 1 from ({names}) where contains(lower(name), lower(?)) limit 1", [name]).fetchone():
        return
    near = _column(
        connection,
        f"select name from ({names}) order by jaro_winkler_similarity(lower(name), lower(?)) desc, name limit 3",
        [name],
    )
    raise CrescendoError(f"no name holds {name!r}: the nearest are {', '.join(repr(n) for n in near) or 'none'}")


def _with_window(connection: duckdb.DuckDBPyConnection, question: Question) -> Question:
    if question.last:
        if question.from_date or question.to_date:
            raise CrescendoError("say either a window by its days or --last, not both")
        end = _complete_through(connection, question)
        question = replace(question, from_date=end - timedelta(days=_days(question.last)), to_date=end)
    if not question.from_date or not question.to_date:
        raise CrescendoError("say a window: --from 2025-04-01 --to 2025-04-30, or --last 28d")
    if question.to_date <= question.from_date:
        raise CrescendoError(
            f"the window ends on {question.to_date}, not after its start {question.from_date}:"
            " growth runs from the close of --from to the close of a later --to"
        )
    return question


def _days(last: str) -> int:
    found = re.fullmatch(r"([0-9]{1,5})([dw])", last)
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    if not days:
        raise CrescendoError(f"{last!r} is no length of time: say 28d for days or 4w for weeks")
    return days


def _complete_through(connection: duckdb.DuckDBPyConnection, question: Question) -> date:
    """The last complete day of the platform that most of the asked series are on."""
    found = _column(
        connection,
        f"select c.complete_through_date from {GROUPED} inner join metrics.platform_completeness as c using (platform)"
        " where ? in ('', m.platform) and ? in ('', 'all', m.metric) and ? in ('series', g.subject_type)"
        " group by m.platform, c.complete_through_date order by count(*) desc, 1 desc limit 1",
        [question.platform, question.metric, question.by],
    )
    if not found:
        raise CrescendoError(_nothing_of(connection, question) or "there are no observations: say --from and --to")
    return found[0]


def _nothing_of(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    """Why nothing that is asked by has such observations, and what has; empty if something has."""
    metric = "" if question.metric == "all" else question.metric
    types = _types_of(connection, metric, question.platform)
    what = " ".join(filter(None, (metric, f"on {question.platform}" if question.platform else "")))
    if not types and what and _column(connection, "select 1 from metrics.dim_series limit 1"):
        return f"there are no observations of {what}: leave out --metric or --platform"
    if not types:
        return "there are no observations yet: load files with `crescendo load`, then `crescendo build`"
    if question.by in ("series", *types):
        return ""
    return f"no {question.by} has observations of {what or 'anything'}: ask --by {types[0]}"


def _types_of(connection: duckdb.DuckDBPyConnection, metric: str, platform: str) -> list[str]:
    """Types that have such observations, those that are observed themselves first, the most frequent first."""
    return _column(
        connection,
        f"select g.subject_type from {GROUPED} where ? in ('', m.metric) and ? in ('', m.platform) group by 1"
        " order by count(*) filter (g.subject_type = g.member_type) desc, count(*) desc, 1",
        [metric, platform],
    )


def _day(said: date | str | None) -> date | None:
    if said is None or isinstance(said, date):
        return said
    try:
        return date.fromisoformat(said)
    except (ValueError, TypeError):
        raise CrescendoError(f"{said!r} is no day: write it as 2025-04-30") from None


def _frame(answer: Answer) -> "pd.DataFrame":
    import pandas as pd

    if answer.warning:
        warnings.warn(answer.warning, stacklevel=3)
    kinds = {"DATE": "datetime64[s]", "VARCHAR": "string", "BOOLEAN": "boolean", "DOUBLE": "Float64"}
    columns = zip(answer.columns, answer.types, strict=True)
    return pd.DataFrame({c: pd.array(answer.values(c), dtype=kinds.get(kind, "Int64")) for c, kind in columns})


class _By(click.Option):
    """The option whose help lists the types that are in the warehouse."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        with suppress(CrescendoError, duckdb.Error), warehouse.connect(read_only=True, wait=0) as connection:
            record = (record[0], f"{record[1]} Here: {', '.join(_types(connection))}.")
        return record


def _options(command):
    for option in reversed(
        [
            click.option("--from", "from_date", metavar="DAY", help="Day whose closing value the window starts from."),
            click.option("--to", "to_date", metavar="DAY", help="Day whose closing value it ends with."),
            click.option(
                "--last", default="", metavar="28d", help="Days (d) or weeks (w) up to the last complete day."
            ),
            click.option("--by", default="", cls=_By, help="Type of subject or group; series for every subject."),
            click.option(
                "--metric", default="", help="streams, popularity ...; all for every one.  [default: streams]"
            ),
            click.option("--platform", default="", help="Code of a platform: spotify."),
            click.option("--name", default="", help="Part of a name."),
            click.option(
                "--sort", default="", metavar="COLUMN", help="Largest first; texts from a to z; -COLUMN turns it."
            ),
            click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N rows only."),
            format_option("table", "json", "csv"),
        ]
    ):
        command = option(command)
    return command


@click.command("growth")
@_options
def growth_command(form: str, from_date: str | None, to_date: str | None, **asked: object) -> int:
    """How fast an audience grew over a window, with the evidence beside every number.

    \b
    Example:
      crescendo growth --last 28d --by artist --top 10
      crescendo growth --from 2025-04-01 --to 2025-04-30 --name "Nuit" --format json
    """
    answer = _answered("growth", from_date, to_date, asked)
    _show(answer, form)
    _warn_of_broken_promises()
    if any(value is not None for value in answer.values("growth")):
        _warn_of_overlap(answer)
        return 0
    click.echo(f"error: {_nothing(answer)}", err=True)
    return 2


@click.command("averages")
@_options
def averages_command(form: str, from_date: str | None, to_date: str | None, **asked: object) -> int:
    """Averages over a window: per observed day, latest value, and median, each with what it rests on.

    \b
    Example:
      crescendo averages --last 28d --by platform
      crescendo averages --from 2025-04-01 --to 2025-04-30 --by artist --top 10 --format csv
    """
    answer = _answered("averages", from_date, to_date, asked)
    _show(answer, form)
    _warn_of_broken_promises()
    if answer.rows:
        return 0
    click.echo(f"error: {_nothing(answer)}", err=True)
    return 2


def _warn_of_broken_promises() -> None:
    with warehouse.connect(read_only=True) as connection:
        for broken in outcome.noted(connection):
            click.echo(f"warning: {broken}", err=True)


def _answered(kind: str, from_date: str | None, to_date: str | None, asked: dict) -> Answer:
    asked["top"] = asked["top"] or 0
    answer = ask(Question(kind, from_date=_day(from_date), to_date=_day(to_date), **asked))
    if answer.warning:
        click.echo(f"warning: {answer.warning}", err=True)
    return answer


def _warn_of_overlap(answer: Answer) -> None:
    """Say where both ends of a window count the same people: a rolling metric, and fewer days than it rolls over."""
    if (answer.question.to_date - answer.question.from_date).days >= ROLLING_DAYS:
        return
    with warehouse.connect(read_only=True) as connection:
        rolling = _column(connection, "select distinct metric from metrics.dim_metrics where kind = 'rolling'")
    for metric in sorted(set(rolling) & set(answer.values("metric"))):
        said = f"{metric} counts {ROLLING_DAYS} days at a time, so both ends of a shorter window share days"
        click.echo(f"warning: {said}", err=True)


def _nothing(answer: Answer) -> str:
    """Why there is no number: where the data begin and end."""
    question = answer.question
    with warehouse.connect(read_only=True) as connection:
        first, last = connection.execute("select min(first_date), max(last_date) from metrics.dim_series").fetchone()
        additive = _column(
            connection,
            "select bool_or(add_over_platform <> 'never') from metrics.dim_metrics where metric = ?",
            [question.metric],
        )
        if reason := _nothing_of(connection, question):
            return reason
        [own, *_] = _types_of(connection, "" if question.metric == "all" else question.metric, question.platform)
    if question.to_date < first:
        return f"the window ends before all data: they begin on {first}"
    if question.from_date > last:
        return f"the window starts after all data: they end on {last}"
    if question.kind == "growth" and additive == [False] and not answer.rows:
        return f"{question.metric} does not add up by {question.by}: ask --by {own}, or averages --by {question.by}"
    return (
        f"nothing can be computed from {question.from_date} to {question.to_date}; the data run from {first} to {last}"
    )


def _show(answer: Answer, form: str) -> None:
    if form == "json":
        click.echo(json.dumps([dict(zip(answer.columns, row, strict=True)) for row in answer.rows], default=str))
    elif form == "csv":
        writer = csv.writer(click.get_text_stream("stdout"), lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([spreadsheet.safe(_shown_raw(value)) for value in row] for row in answer.rows)
    else:
        _show_table(answer)


def _shown_raw(value: object) -> object:
    """A value for a file as it is; for a terminal without what would steer it."""
    is_screen = click.get_text_stream("stdout").isatty()
    return printable(value) if is_screen and isinstance(value, str) else value


def _show_table(answer: Answer) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    question = answer.question
    days = (question.to_date - question.from_date).days
    ends = sorted(set(answer.values("to_date"))) if "to_date" in answer.columns else []
    hidden = (
        "subject",
        "from_date",
        *(["to_date"] if len(ends) < 2 else []),
        "series_id",
        "subject_type",
        "kind",
        "unit",
    )
    shown = [c for c in SHOWN[question.kind] or answer.columns if c in answer.columns and c not in hidden]
    # what is the same in every row stands in the title
    single = [c for c in ("platform", "metric", "member_type") if c in shown and len(set(answer.values(c))) == 1]
    metric = "all metrics" if question.metric in ("", "all") else question.metric
    title = f"{question.kind.capitalize()} of {metric} by {question.by}"
    if len(ends) > 1:
        title += f", {days} days to the last complete day of each platform, {ends[0]} to {ends[-1]}"
    else:
        end = ends[0] if ends else question.to_date
        title += f", {end - timedelta(days=days)} to {end} ({days} days)"
    title += "".join(f", {answer.values(c)[0]}" for c in single if c == "platform")
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    shown = [c for c in shown if c not in single]
    if question.metric in ("", "all") and "metric" in answer.columns and "metric" not in shown:
        shown.insert(1, "metric")
    kinds = dict(zip(answer.columns, answer.types, strict=True))
    for column in shown:
        text = kinds[column] == "VARCHAR"
        table.add_column(HEADINGS.get(column, column.replace("_", " ")), justify="left" if text else "right")
    for row in answer.rows:
        cells = dict(zip(answer.columns, row, strict=True))
        cells["status"] = answer.labels.get(cells.get("status"), cells.get("status"))
        table.add_row(*(Text(_readable(column, cells[column])) for column in shown))
    Console(width=None if click.get_text_stream("stdout").isatty() else 160).print(table)


def _readable(column: str, value: object) -> str:
    if value is None:
        return "-"
    if column.endswith("_pct"):
        return f"{value:+,.1f}"
    if column.endswith("_ratio"):
        return f"{100 * value:.0f} %"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return printable(value)
    return f"{value:+,.0f}" if column == "growth" else f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"
