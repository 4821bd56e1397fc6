"""Growth and averages over any window, from the functions of `metrics`."""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb

from crescendo import builds, outcome
from crescendo.ask import compared, relations, windows
from crescendo.ask.compared import KEYS
from crescendo.ask.question import AGAINST, Answer, LeftOut, Question
from crescendo.ask.reasons import (
    GROUPED,
    PLACES,
    asks_places,
    built,
    column,
    known_metric,
    known_word,
    nothing_of,
    statuses,
    types_of,
    unknown,
)
from crescendo.ask.relations import Relation
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.errors import CrescendoError
from crescendo.terminal import printable
from crescendo.warehouse import quoted

# a window and the platforms that it is for; None for all
Span = tuple[list[str] | None, Window]
TEXTS = ("subject_id", "name", "platform", "metric", "unit", "status", "artist_credit")
FIGURES = {"growth": "growth", "averages": "average_per_observed_day"}


def ask(
    question: Question, connection: duckdb.DuckDBPyConnection | None = None, notes: Sequence[str] | None = None
) -> Answer:
    """Answer a question from the warehouse, by a connection that is open or one of its own.

    notes: what is to be said of all answers from this file, if it is known already.
    Raises CrescendoError if it cannot be understood.
    """
    check_words(question)
    with built(connection) as opened:
        return _Asking(opened, question, noted(opened) if notes is None else notes).answer()


def check_known_at(question: Question) -> None:
    """Raise CrescendoError if what was known earlier is not kept: of places, unlike observations, only today's is."""
    check_words(question)
    with built() as opened:
        asking = _Asking(opened, question, ())
        by = asking.asked_type()
        if asks_places(opened, replace(question, by=by)):
            raise CrescendoError(
                _("what was known of places earlier is not kept: leave out --as-known-at, or ask --by artist")
            )


def noted(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What is to be said of all answers from a warehouse: a build that is unfinished or too old, a broken promise."""
    of_builds = (builds.unbuilt(connection), builds.unread(connection))
    return [said for said in (*of_builds, *outcome.noted(connection)) if said]


def check_words(question: Question) -> None:
    """Raise CrescendoError for a value of the wrong type, or a text that no name holds."""
    if not isinstance(question.top, int) or isinstance(question.top, bool) or question.top < 0:
        raise CrescendoError(_("top is a number of rows from 1, not {said}", said=repr(question.top)))
    said = {name: getattr(question, name) for name in ("by", "last", "window", "metric", "platform", "sort")}
    said |= {"against": question.against, "step": question.step}
    said |= {f"name {number}": name for number, name in enumerate(question.names, 1)}
    said |= dict(question.within)
    for name, value in said.items():
        if not isinstance(value, str):
            example = ", such as '28d'" if name == "last" else ""
            raise CrescendoError(
                _("{name} is a text{example}, not {said}", name=name, example=example, said=repr(value))
            )
        if name.startswith("name ") and not value.strip():
            raise CrescendoError(_("a name is empty: leave it out, or type a part of it"))
        if not value.isprintable():
            raise CrescendoError(
                _(
                    "{name} {said} holds a character that no name has: type it as UTF-8",
                    name=name,
                    said=repr(printable(value)),
                )
            )
    for name, choices in (("against", AGAINST), ("step", windows.STEPS)):
        if said[name] not in ("", *choices):
            raise CrescendoError(unknown(name, said[name], list(choices)))


class _Asking:
    """One question on its way to an answer."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, question: Question, notes: Sequence[str]) -> None:
        self.connection = connection
        self.question = question
        self.warnings = [*notes]

    def answer(self) -> Answer:
        """The rows, in order."""
        self.question = replace(self.question, by=self.asked_type())
        relation = relations.answering(self.connection, self.question)
        columns = column(self.connection, f"select column_name from (describe from {relation.over(_ANY)})")
        self._check_platform_and_metric("metric" in columns)
        relations.narrow(self.connection, self.question, relation)
        self.warnings += relation.warnings
        complete = self._complete_through(of_places=relation.is_of_places)
        spans = self._spans(complete)
        columns, types, rows, left_out = self._rows(relation, spans, columns)
        if self.question.step:
            columns, types, rows = self._course(relation, spans, (columns, types, rows), complete)
        labels, meanings = statuses(self.connection)
        answer = Answer(
            self.question, columns, types, rows, _shown(spans, columns, rows), self.warnings, labels, meanings,
            left_out, complete,
        )  # fmt: skip
        self.warnings += self._overlaps(answer)
        return answer

    def _overlaps(self, answer: Answer) -> list[str]:
        """Sentences on metrics whose window is shorter than what they roll over: both its ends count the same days."""
        if answer.question.kind != "growth" or "metric" not in answer.columns or not answer.rows:
            return []
        shortest = min(window.days for window in answer.windows)
        there = set(answer.values("metric"))
        rolling = self.connection.execute(
            "select metric, max(rolling_days) from metrics.dim_metrics where kind = 'rolling' group by 1 order by 1"
        ).fetchall()
        return [
            _(
                "{metric} counts {days} days at a time, so both ends of a shorter window share days",
                metric=metric,
                days=days,
            )
            for metric, days in rolling
            if metric in there and shortest < days
        ]

    def asked_type(self) -> str:
        """The type that is asked by; the usual one if none is said."""
        by, types = self.question.by, types_of(self.connection)
        for word in (by, by.lower()):
            if word in (*types, "series"):
                return word
        if by and types:
            listed = ", ".join([*types, "series"])
            if difflib.get_close_matches(by.lower(), types, cutoff=0.65):
                raise CrescendoError(unknown("type", by.lower(), types))
            raise CrescendoError(_("cannot ask by {by}: choose one of {listed}", by=repr(by), listed=listed))
        # what has streams comes first, then what has more of the metric, and what we measure of ourselves last
        usual = column(
            self.connection,
            f"select g.subject_type from {GROUPED} where g.subject_type = g.member_type group by 1"
            " having bool_or(?1 in ('', 'all', m.metric)) order by bool_and(m.platform = 'crescendo'),"
            " count(*) filter (m.metric = 'streams') desc,"
            " count(*) filter (?1 in ('', 'all', m.metric)) desc, 1 limit 1",
            [self.question.metric],
        )
        return usual[0] if usual else "series"

    def _check_platform_and_metric(self, has_metric: bool) -> None:
        question = self.question
        platforms = column(self.connection, "select platform from metrics.dim_platforms order by 1")
        if question.platform:
            question = self.question = replace(question, platform=known_word("platform", question.platform, platforms))
        metrics = column(
            self.connection,
            "select distinct m.metric from metrics.dim_metrics as m semi join metrics.dim_series as s using (metric_id)"
            " where ? in ('', m.platform) order by 1",
            [question.platform],
        )
        if question.metric not in ("", "all"):
            question = self.question = replace(question, metric=known_metric(question.metric, metrics))
        if not question.metric and has_metric:
            self.question = replace(question, metric=self._usual_metric(metrics))

    def _usual_metric(self, metrics: list[str]) -> str:
        """Streams if the asked subjects have them, else what most of their series count."""
        if asks_places(self.connection, self.question):
            of_places = f"select metric from {PLACES} where ? in ('', platform) and place_type = ?"
            found = column(
                self.connection,
                f"{of_places} group by 1 order by count(*) desc, 1 limit 1",
                [self.question.platform, self.question.by],
            )
            return found[0] if found else ""
        found = column(
            self.connection,
            f"select m.metric from {GROUPED} where ? in ('', m.platform) and ? in ('series', g.subject_type)"
            " group by 1 order by bool_and(m.platform = 'crescendo'), m.metric = 'streams' desc,"
            " bool_or(g.is_additive or g.subject_type = g.member_type) desc, count(*) desc, 1 limit 1",
            [self.question.platform, self.question.by],
        )
        return found[0] if found else (metrics[0] if metrics else "")

    def _spans(self, complete: dict[str, date]) -> list[Span]:
        """The windows, each with the platforms that it is for; None for all."""
        question = self.question
        days = question.from_date or question.to_date
        if bool(days) + bool(question.last) + bool(question.window) > 1:
            raise CrescendoError(_("give one window: --from and --to, or --last, or --window"))
        today = datetime.now(tz=UTC).date()
        if days and not (question.from_date and question.to_date):
            raise CrescendoError(_("a window has two days: --from 2025-04-01 --to 2025-04-30"))
        if question.from_date and question.to_date:
            return [(None, windows.between(question.from_date, question.to_date, today))]
        if not question.last and not question.window:
            raise CrescendoError(_("give a window: --from 2025-04-01 --to 2025-04-30, or --last 28d"))
        if not complete:
            raise CrescendoError(
                nothing_of(self.connection, question) or _("there are no observations: give --from and --to")
            )
        relative = windows.last(question.last) if question.last else windows.named(question.window)
        spans: dict[Window, list[str]] = {}
        for platform, end in complete.items():
            spans.setdefault(relative(end), []).append(platform)
        for window in spans:
            windows.between(window.start, window.end, today)
        return [(platforms, window) for window, platforms in spans.items()]

    def _complete_through(self, *, of_places: bool) -> dict[str, date]:
        """The last complete day of each platform that has the metric, the earliest first.

        Each different day is a window, and a query, of its own.
        """
        metric = "" if self.question.metric == "all" else self.question.metric
        return dict(
            self.connection.execute(
                "select platform, complete_through_date from metrics.platform_completeness"
                " where ?1 in ('', platform) and (?2 = '' or platform in"
                f" (select platform from {PLACES if of_places else 'metrics.dim_metrics'} where metric = ?2))"
                " order by complete_through_date, platform",
                [self.question.platform, metric],
            ).fetchall()
        )

    def _rows(
        self, relation: Relation, spans: list[Span], columns: list[str]
    ) -> tuple[list[str], list[str], list[tuple], LeftOut]:
        parts = [self._part(relation, window, platforms, columns) for platforms, window in spans]
        sql = " union all ".join(f"({part})" for part, _values in parts)
        values = [value for _part, part_values in parts for value in part_values]
        question = self.question
        all_columns = [*columns, *self._against_columns(columns)]
        if question.sort and question.sort.lstrip("-") not in all_columns:
            raise CrescendoError(unknown("column", question.sort.lstrip("-"), all_columns))
        if not question.sort:
            usual = FIGURES[question.kind]
            question = self.question = replace(question, sort=usual if usual in all_columns else all_columns[0])
        order = _order(question.sort, all_columns)
        if not question.top:
            found = self.connection.execute(f"from ({sql}) order by {order}", values)
            rows = found.fetchall()
            return all_columns, [str(column[1]) for column in found.description], rows, LeftOut(len(rows))
        status = "status" if "status" in all_columns else "''"
        found = self.connection.execute(
            f"with answered as materialized ({sql})"
            " select *, (select count(*) from answered), (select list(reason) from"
            f" (select (any_value({status}), count(*)) as reason from answered"
            f" where {quoted(question.sort.lstrip('-'))} is null group by {status}))"
            f" from answered order by {order} limit {int(question.top)}",
            values,
        )
        rows = found.fetchall()
        left_out = LeftOut(rows[0][-2], dict(rows[0][-1] or [])) if rows else LeftOut(0)
        return all_columns, [str(column[1]) for column in found.description[:-2]], [row[:-2] for row in rows], left_out

    def _part(
        self, relation: Relation, window: Window, platforms: list[str] | None, columns: list[str]
    ) -> tuple[str, list]:
        """SQL of one window's rows, beside those that it is compared with if asked."""
        condition, values = relation.condition, list(relation.values)
        if platforms is not None:
            condition += " and list_contains(?, platform)"
            values.append(platforms)
        asked = f"from {relation.over(window)} where {condition}"
        if not self.question.against:
            return f"select * {asked}", values
        question = self.question
        own, other = windows.compared(window, question.against, question.window, question.step)
        figure = FIGURES[question.kind]
        return compared.beside(asked, relation, (window, own, other), figure, columns), values

    def _against_columns(self, columns: list[str]) -> list[str]:
        """What `--against` puts after the columns of a row."""
        if not self.question.against:
            return []
        status = ["against_status"] if "status" in columns else []
        days = ["against_from_date", "against_to_date", "compared_to_date"]
        return [*days, f"against_{FIGURES[self.question.kind]}", *status, "against_change_pct", "compared_count"]

    def _course(
        self,
        relation: Relation,
        spans: list[Span],
        whole: tuple[list[str], list[str], list[tuple]],
        complete: dict[str, date],
    ) -> tuple[list[str], list[str], list[tuple]]:
        """The rows of the whole window, each in its place cut into the steps of the window.

        `is_whole_step` says whether the row's step is a whole day, week or month of which all days are complete.
        """
        columns, types, rows = whole
        keys = [columns.index(key) for key in KEYS if key in columns]
        places = {tuple(row[key] for key in keys): place for place, row in enumerate(rows)}
        step, platform, start = self.question.step, columns.index("platform"), columns.index("from_date")
        inner: list[tuple] = []
        for platforms, window in spans:
            for part in windows.split(window, step):
                sql, values = self._part(relation, part, platforms, columns)
                is_whole = windows.is_whole(part, step)
                for row in self.connection.execute(sql, values).fetchall():
                    last = complete.get(row[platform], part.end)
                    inner.append((*row, is_whole and part.end <= last))
        kept = [row for row in inner if tuple(row[key] for key in keys) in places]
        kept.sort(key=lambda row: (places[tuple(row[key] for key in keys)], row[start]))
        return [*columns, "is_whole_step"], [*types, "BOOLEAN"], kept


def _shown(spans: list[Span], columns: list[str], rows: list[tuple]) -> dict[str, Window]:
    """The window of each platform that has rows; of none, if there are no rows, each window under a number."""
    platforms = {row[columns.index("platform")] for row in rows}
    found = {
        platform: window for known, window in spans for platform in platforms if known is None or platform in known
    }
    return found or {str(number): window for number, (_known, window) in enumerate(spans)}


_ANY = Window(date(2000, 1, 1), date(2000, 1, 2))


def _order(sort: str, columns: list[str]) -> str:
    # texts from a to z, numbers from the largest; a minus turns either
    name = sort.lstrip("-")
    ascending = (name in TEXTS) != sort.startswith("-")
    ties = ", ".join(c for c in ("name", "subject_id", "platform", "metric") if c in columns and c != name)
    return f"{quoted(name)} {'asc' if ascending else 'desc'} nulls last{', ' + ties if ties else ''}"
