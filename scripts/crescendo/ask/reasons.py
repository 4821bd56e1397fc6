"""What the warehouse holds to ask of, and why there is no answer."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date

import duckdb

from crescendo import warehouse
from crescendo.ask import windows
from crescendo.ask.question import Answer, Question
from crescendo.ask.texts import _, language
from crescendo.ask.windows import Window
from crescendo.errors import CrescendoError

# every series, and every group that it counts for: its own subject, those of its domain, its platform
GROUPED = (
    "metrics.dim_series as s inner join metrics.dim_metrics as m using (metric_id)"
    " inner join intermediate.int_series_grouped as g using (series_id)"
)


# places have series of their own, apart from the spine (docs/method.md, Places)
PLACES = "intermediate.int_places_described"


# words of a list that a sentence gives; there are fewer metrics and columns
MOST_LISTED = 60


@contextmanager
def built(opened: duckdb.DuckDBPyConnection | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, to read; one that is `opened` stays so. Raises CrescendoError if nothing has been built in it."""
    with nullcontext(opened) if opened else warehouse.connect(read_only=True) as connection:
        if not exists(connection, "series_growth"):
            said = _("{path} has no growth yet: run `crescendo build`, or `dbt build`", path=warehouse.path())
            raise CrescendoError(said)
        yield connection


def column(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence = ()) -> list:
    """The first column of a statement's rows."""
    return [row[0] for row in connection.execute(sql, list(values)).fetchall()]


def exists(connection: duckdb.DuckDBPyConnection, function: str) -> bool:
    """Whether `metrics` has a table function of that name and of two days."""
    try:  # a tenth of the time that a look into duckdb_functions() takes, which lists all of DuckDB's own
        connection.execute(f"describe from metrics.{warehouse.quoted(function)}(date '2000-01-01', date '2000-01-02')")
    except duckdb.CatalogException as error:
        if function not in str(error).splitlines()[0]:
            raise
        return False
    return True


def types_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Types of the subjects that have series, of the groups that such subjects belong to, and of places."""
    types = column(connection, "select distinct subject_type from intermediate.int_series_grouped")
    return sorted({*types, *place_types(connection)})


def place_types(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Types of places, such as country and city; none if the warehouse knows no places."""
    try:
        return column(connection, f"select distinct place_type from {PLACES} order by 1")
    except duckdb.CatalogException:  # of another domain alone
        return []


def asks_places(connection: duckdb.DuckDBPyConnection, question: Question) -> bool:
    """Whether a question is about places: films have countries, too, and are meant if no place has the metric."""
    if question.by not in place_types(connection):
        return False
    grouped = "select 1 from intermediate.int_series_grouped where subject_type = ? limit 1"
    if not column(connection, grouped, [question.by]):
        return True
    metric = "" if question.metric == "all" else question.metric
    listed = f"select 1 from {PLACES} where place_type = ? and ? in ('', metric) and ? in ('', platform) limit 1"
    return bool(column(connection, listed, [question.by, metric, question.platform]))


def known_word(what: str, said: str, known: list[str]) -> str:
    """The known word that was typed, in whatever case: spotify for Spotify. Raises CrescendoError if there is none."""
    plain = re.sub(r"[ -]", "_", said.lower())
    for word in (said, plain):
        if word in known:
            return word
    raise CrescendoError(unknown(what, said, known))


def known_metric(said: str, known: list[str]) -> str:
    """The known metric that was typed. Raises CrescendoError if there is none, also for a whole id of a metric."""
    platform, _colon, metric = said.rpartition(":")
    if platform and metric in known:
        meant = f"--platform {platform} --metric {metric}"
        raise CrescendoError(
            _("there is no {what} {said}: did you mean {near}?", what=_("metric"), said=repr(said), near=meant)
        )
    return known_word("metric", said, known)


def unknown(what: str, said: str, known: list[str]) -> str:
    """The sentence for a word that is none of those known, with the nearest."""
    import difflib  # for mistakes alone

    near = difflib.get_close_matches(said.lower(), known, n=3, cutoff=0.65) if said not in known else []
    if near:
        return _(
            "there is no {what} {said}: did you mean {near}?", what=_(what), said=repr(said), near=" / ".join(near)
        )
    listed = ", ".join(known[:MOST_LISTED]) or _("none")
    if len(known) > MOST_LISTED:
        listed += _(" and {count} more", count=len(known) - MOST_LISTED)
    return _("there is no {what} {said}: there are {listed}", what=_(what), said=repr(said), listed=listed)


def nothing_of(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    """Why nothing that is asked by has such observations, and what has; empty if something has."""
    metric = "" if question.metric == "all" else question.metric
    if question.by in place_types(connection):
        return _no_place(connection, question, metric)
    types = observed_types(connection, metric, question.platform)
    on = _("on {platform}", platform=question.platform) if question.platform else ""
    what = " ".join(filter(None, (metric, on)))
    if not types and what and column(connection, "select 1 from metrics.dim_series limit 1"):
        return _("there are no observations of {what}: leave out --metric or --platform", what=what)
    if not types:
        return _("there are no observations yet: load files with `crescendo load`, then `crescendo build`")
    if question.by in ("series", *types):
        return ""
    return _(
        "no {by} has observations of {what}: ask --by {other}",
        by=question.by,
        what=what or _("anything"),
        other=types[0],
    )


def _no_place(connection: duckdb.DuckDBPyConnection, question: Question, metric: str) -> str:
    """Which metrics and platforms are known by place, or by a group of that type, if what was asked for is not."""
    wanted, values = "? in ('', metric) and ? in ('', platform) limit 1", [question.by, metric, question.platform]
    sources = (
        f"select distinct platform, metric from {PLACES} where place_type = ?",
        f"select distinct m.platform, m.metric from {GROUPED} where g.subject_type = ?",
    )
    if any(column(connection, f"select 1 from ({sql}) where {wanted}", values) for sql in sources):
        return ""
    known = {
        said
        for sql in sources
        for said in column(connection, f"select platform || ' ' || metric from ({sql})", values[:1])
    }
    return _("by {by} there are {known}", by=question.by, known=", ".join(sorted(known)))


def observed_types(connection: duckdb.DuckDBPyConnection, metric: str, platform: str) -> list[str]:
    """Types that have such observations, those that are observed themselves first, the most frequent first."""
    return column(
        connection,
        f"select g.subject_type from {GROUPED} where ? in ('', m.metric) and ? in ('', m.platform) group by 1"
        " order by count(*) filter (g.subject_type = g.member_type) desc, count(*) desc, 1",
        [metric, platform],
    )


def _ends_late(answer: Answer) -> str:
    """That the window ends after the last complete day, if it does so for one day only; '' if not."""
    late = {day for platform, day in answer.complete.items() if answer.spans.get(platform, Window(day, day)).end > day}
    if len(late) != 1 or answer.windows[0].start >= min(late):
        return ""
    [day] = late
    return _(
        "the window ends on {end}, after the last complete day, {day}: ask {option}",
        end=answer.windows[-1].end,
        day=day,
        option=windows.up_to(answer.windows[-1], day),
    )


def _days_of(connection: duckdb.DuckDBPyConnection, metric: str) -> tuple[date | None, date | None]:
    """The first and the last day of all data; of what we measure of ourselves only if it is asked for."""
    [days] = connection.execute(
        """
        select min(first_date), max(last_date) from metrics.dim_series
        where not starts_with(metric_id, 'crescendo:') or split_part(metric_id, ':', 2) = $metric
        """,
        {"metric": metric},
    ).fetchall()
    return days


def _first_day_of(connection: duckdb.DuckDBPyConnection, question: Question) -> date | None:
    """The first day on which the metric that is asked for was observed; None if no metric is."""
    sql = """
        select min(s.first_date) from metrics.dim_series as s inner join metrics.dim_metrics as m using (metric_id)
        where m.metric = ? and ? in ('', m.platform)
    """
    return column(connection, sql, [question.metric, question.platform])[0]


def outside(answer: Answer, opened: duckdb.DuckDBPyConnection | None = None) -> str:
    """That the window begins after all data, or ends before; '' if it does not."""
    with built(opened) as connection:
        first, last = _days_of(connection, answer.question.metric)
    if first and answer.windows[-1].end < first:
        return _("the window ends before all data: they begin on {first}", first=first)
    if last and answer.windows[0].start > last:
        return _("the window starts after all data: they end on {last}", last=last)
    return ""


def why_nothing(answer: Answer, opened: duckdb.DuckDBPyConnection | None = None) -> str:
    """Why there is no number: the data begin later, end earlier, or do not add up."""
    question = answer.question
    start, end = answer.windows[0].start, answer.windows[-1].end
    with built(opened) as connection:
        if reason := nothing_of(connection, question):
            return reason
        first, last = _days_of(connection, question.metric)
        begun = _first_day_of(connection, question)
        sql = "select bool_or(add_over_platform <> 'never') from metrics.dim_metrics where metric = ?"
        additive = column(connection, sql, [question.metric])
        [own, *_others] = observed_types(
            connection, "" if question.metric == "all" else question.metric, question.platform
        )
    if question.within and not answer.rows:
        kinds = " ".join(f"--{kind} {text!r}" for kind, text in question.within)
        return _(
            "no {by} with such observations belongs to {groups}: ask --by {own}", by=question.by, groups=kinds, own=own
        )
    if late := _ends_late(answer):
        return late
    if question.kind == "growth" and additive == [False] and not answer.rows:
        return _(
            "{metric} does not add up by {by}: ask --by {own}, or averages --by {by} (add_over_platform is never in its"
            " row of seeds/metric_catalog.csv)",
            metric=question.metric,
            by=question.by,
            own=own,
        )
    if question.kind == "growth" and begun and start < begun <= end:
        return _begins_within(question, begun, start, end)
    return _(
        "nothing can be computed from {start} to {end}; the data run from {first} to {last}",
        start=start,
        end=end,
        first=first,
        last=last,
    )


def _begins_within(question: Question, begun: date, start: date, end: date) -> str:
    return _(
        "{metric} is observed since {begun} only, and the window begins on {start}: growth needs a value of that"
        " day; ask again from {later} on, or averages --by {by}",
        metric=question.metric,
        begun=begun,
        start=start,
        by=question.by,
        later=begun + (end - start),
    )


def statuses(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], dict[str, str]]:
    """The statuses of growth in the reader's words, and when each holds."""
    own = language()
    rows = connection.execute(
        f"select status, label_{own}, meaning{'' if own == 'en' else f'_{own}'} from metrics.dim_growth_statuses"
        " order by status_rank"
    ).fetchall()
    return {status: label for status, label, _meaning in rows}, {status: meaning for status, _label, meaning in rows}
