"""Growth and averages over any window, from the functions of `metrics`."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb

from crescendo import builds, outcome
from crescendo.ask import names, windows
from crescendo.ask.question import AGAINST, Answer, Question
from crescendo.ask.reasons import (
    GROUPED,
    PLACES,
    asks_places,
    built,
    column,
    exists,
    nothing_of,
    place_types,
    statuses,
    types_of,
    unknown,
)
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.errors import CrescendoError
from crescendo.terminal import printable
from crescendo.warehouse import quoted

# what tells two rows of one window apart
KEYS = ("subject_id", "series_id", "platform", "metric", "member_type")
TEXTS = ("subject_id", "name", "platform", "metric", "unit", "status", "artist_credit")
FIGURES = {"growth": "growth", "averages": "average_per_observed_day"}


def ask(question: Question) -> Answer:
    """Answer a question from the warehouse. Raises CrescendoError if it cannot be understood."""
    check_words(question)
    with built() as connection:
        return _Asking(connection, question).answer()


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


@dataclass
class _Relation:
    """A table function that answers, a condition on its rows, and the values of the condition."""

    function: str
    condition: str
    values: list
    is_of_places: bool = False

    def over(self, window: Window) -> str:
        """SQL of its rows over a window, with `subject_id`."""
        return (
            "(select * rename (subject as subject_id)"
            f" from metrics.{quoted(self.function)}(date '{window.start}', date '{window.end}'))"
        )


class _Asking:
    """One question on its way to an answer."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, question: Question) -> None:
        self.connection = connection
        self.question = question
        self.warnings: list[str] = [said] if (said := builds.unbuilt(connection)) else []
        self.warnings += outcome.noted(connection)

    def answer(self) -> Answer:
        """The rows, in order."""
        self.question = replace(self.question, by=self._asked_type())
        relation = self._relation()
        columns = column(self.connection, f"select column_name from (describe from {relation.over(_ANY)})")
        self._check_platform_and_metric("metric" in columns)
        self._narrow(relation)
        spans = self._spans()
        found = self._rows(relation, spans, columns)
        if self.question.step:
            found = self._course(relation, spans, found)
        columns, types, rows = found
        labels, meanings = statuses(self.connection)
        shown = sorted({window for _platforms, window in spans})
        if not self.question.step and rows:
            start, end = columns.index("from_date"), columns.index("to_date")
            shown = sorted({Window(row[start], row[end]) for row in rows})
        answer = Answer(self.question, columns, types, rows, shown, self.warnings, labels, meanings)
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

    def _asked_type(self) -> str:
        """The type that is asked by; the usual one if none is said."""
        by, types = self.question.by, types_of(self.connection)
        if by in (*types, "series"):
            return by
        if by and types:
            listed = ", ".join([*types, "series"])
            raise CrescendoError(_("cannot ask by {by}: choose one of {listed}", by=repr(by), listed=listed))
        # what has streams comes first, and of several types what has more of the metric
        usual = column(
            self.connection,
            f"select g.subject_type from {GROUPED} where g.subject_type = g.member_type group by 1"
            " having bool_or(?1 in ('', 'all', m.metric)) order by count(*) filter (m.metric = 'streams') desc,"
            " count(*) filter (?1 in ('', 'all', m.metric)) desc, 1 limit 1",
            [self.question.metric],
        )
        return usual[0] if usual else "series"

    def _relation(self) -> _Relation:
        """A domain may have a richer function of its own for a type: `metrics.<type>_growth`."""
        by, kind = self.question.by, self.question.kind
        if asks_places(self.connection, self.question):
            return _Relation(f"place_{kind}", "subject_type = ?", [by], is_of_places=True)
        if exists(self.connection, f"{by}_{kind}"):
            return _Relation(f"{by}_{kind}", "true", [])
        members = "select 1 from intermediate.int_series_grouped where subject_type = ? and member_type <> subject_type"
        is_group = kind == "averages" or bool(column(self.connection, f"{members} limit 1", [by]))
        return _Relation(f"{'group' if is_group else 'series'}_{kind}", "subject_type = ?", [by])

    def _check_platform_and_metric(self, has_metric: bool) -> None:
        question = self.question
        platforms = column(self.connection, "select platform from metrics.dim_platforms order by 1")
        if question.platform and question.platform not in platforms:
            raise CrescendoError(unknown("platform", question.platform, platforms))
        metrics = column(
            self.connection,
            "select distinct m.metric from metrics.dim_metrics as m semi join metrics.dim_series as s using (metric_id)"
            " where ? in ('', m.platform) order by 1",
            [question.platform],
        )
        if question.metric not in ("", "all", *metrics):
            raise CrescendoError(unknown("metric", question.metric, metrics))
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
            " group by 1 order by m.metric = 'streams' desc, count(*) desc, 1 limit 1",
            [self.question.platform, self.question.by],
        )
        return found[0] if found else (metrics[0] if metrics else "")

    def _narrow(self, relation: _Relation) -> None:
        """Add to the condition: platform, metric, names, and the groups that subjects must belong to."""
        question = self.question
        for name, value in (("metric", question.metric), ("platform", question.platform)):
            if value and value != "all":
                relation.condition += f" and {name} = ?"
                relation.values.append(value)
        if question.names:
            named = self._places_named if relation.is_of_places else self._named
            kept = [
                one for name in question.names for one in named(name, "" if question.by == "series" else question.by)
            ]
            relation.condition += " and list_contains(?, subject_id)"
            relation.values.append(kept)
        for kind, text in question.within:
            self._narrow_within(relation, kind, text)

    def _narrow_within(self, relation: _Relation, kind: str, text: str) -> None:
        """Add to the condition: members of a group, or of places the artist or the country."""
        places = place_types(self.connection)
        if kind in places and not relation.is_of_places and not self._is_a_group(kind):
            raise CrescendoError(_("--{kind} keeps places: ask --by {by}", kind=kind, by=" / ".join(places)))
        if kind == "country" and relation.is_of_places:
            said = " or ".join(
                f"{names.folded(one)} = {names.folded('?')}" for one in ("place_country", "country_name")
            )
            joined = "left join audience.dim_place_countries on place_country = country_code"
            codes = f"select place_country from {PLACES} {joined}"
            found = column(self.connection, f"{codes} where {said.replace('?', '?1')}", [text])
            if not found:
                raise CrescendoError(unknown("country", text, self._countries()))
            relation.condition += " and list_contains(?, place_country)"
            relation.values.append(sorted(set(found)))
            return
        groups = self._named(text, kind, is_group=True)
        member = "'artist:' || artist_id" if relation.is_of_places else "subject_id"
        relation.condition += (
            f" and (list_contains(?, {member}) or {member} in"
            " (select subject_id from intermediate.int_memberships_received where list_contains(?, group_id)))"
        )
        relation.values += [groups, groups]

    def _is_a_group(self, kind: str) -> bool:
        """Whether what is asked by belongs to groups of that type, as films belong to countries."""
        memberships = (
            "select 1 from intermediate.int_memberships_received inner join metrics.dim_subjects using (subject_id)"
            " where group_type = ? and ? in ('series', subject_type) limit 1"
        )
        return bool(column(self.connection, memberships, [kind, self.question.by]))

    def _countries(self) -> list[str]:
        return column(self.connection, "select country_name from audience.dim_place_countries order by 1")

    def _places_named(self, text: str, kind: str) -> list[str]:
        """Ids of places of a type whose name, or whose artist's, holds a text."""
        sql = f"""
            select place_id from {PLACES}
            where place_type = ? and contains({names.folded("name || ' ' || artist_credit")}, {names.folded("?2")})
        """
        found = column(self.connection, sql.replace("place_type = ?", "place_type = ?1"), [kind, text])
        if not found:
            known = column(
                self.connection, f"select distinct name from {PLACES} where place_type = ? order by 1", [kind]
            )
            raise CrescendoError(unknown(kind, text, known))
        return found

    def _named(self, text: str, kind: str, *, is_group: bool = False) -> list[str]:
        """Ids of the subjects of a type that a text names; of groups, only those that have the name themselves."""
        types = types_of(self.connection)
        if kind and kind not in types:
            raise CrescendoError(unknown("group", kind, types))
        found = names.find(self.connection, text, kind)
        direct = [one for one in found if one.rank != names.GROUP] if is_group else found
        if not direct:
            raise names.unknown(self.connection, text, kind)
        if direct[0].rank == names.NEAR:
            said = ", ".join(dict.fromkeys(repr(one.name) for one in direct[:3]))
            self.warnings.append(_("no name matches {text}; these are the closest: {near}", text=repr(text), near=said))
        return [one.subject_id for one in direct]

    def _spans(self) -> list[tuple[list[str] | None, Window]]:
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
        relative = windows.last(question.last) if question.last else windows.named(question.window)
        spans: dict[Window, list[str]] = {}
        for end, platforms in self._complete_through():
            spans.setdefault(relative(end), []).extend(platforms)
        for window in spans:
            windows.between(window.start, window.end, today)
        return [(platforms, window) for window, platforms in spans.items()]

    def _complete_through(self) -> list[tuple[date, list[str]]]:
        """The last complete days, with their platforms. Raises CrescendoError if there are no such observations."""
        question = self.question
        found = self.connection.execute(
            "select complete_through_date, list(platform order by platform) from metrics.platform_completeness"
            " where ? in ('', platform) group by 1 order by 1",
            [question.platform],
        ).fetchall()
        if not found:
            raise CrescendoError(
                nothing_of(self.connection, question) or _("there are no observations: give --from and --to")
            )
        return found

    def _rows(
        self, relation: _Relation, spans: list[tuple[list[str] | None, Window]], columns: list[str]
    ) -> tuple[list[str], list[str], list[tuple]]:
        parts = [self._part(relation, window, platforms, columns) for platforms, window in spans]
        sql = " union all ".join(f"({part})" for part, _values in parts)
        values = [value for _part, part_values in parts for value in part_values]
        all_columns = column(self.connection, f"select column_name from (describe {sql})", values)
        question = self.question
        if question.sort and question.sort.lstrip("-") not in all_columns:
            raise CrescendoError(unknown("column", question.sort, all_columns))
        if not question.sort:
            usual = FIGURES[question.kind]
            question = self.question = replace(question, sort=usual if usual in all_columns else all_columns[0])
        limit = f"limit {int(question.top)}" if question.top else ""
        found = self.connection.execute(f"from ({sql}) order by {_order(question.sort, all_columns)} {limit}", values)
        return all_columns, [str(column[1]) for column in found.description], found.fetchall()

    def _part(
        self, relation: _Relation, window: Window, platforms: list[str] | None, columns: list[str]
    ) -> tuple[str, list]:
        """SQL of one window's rows, beside those that it is compared with if asked."""
        condition, values = relation.condition, list(relation.values)
        if platforms is not None:
            condition += " and list_contains(?, platform)"
            values.append(platforms)
        asked = f"select * from {relation.over(window)} where {condition}"
        if not self.question.against:
            return asked, values
        own, other = windows.compared(window, self.question.against, self.question.window)
        keys = " and ".join(f"a.{key} is not distinct from b.{key}" for key in KEYS if key in columns)
        figure = FIGURES[self.question.kind]
        comparable = "b.value > 0"
        if "status" in columns:
            known = "(select status from metrics.dim_growth_statuses where has_percent)"
            comparable += f" and a.status in {known} and b.status in {known}"
        if "same_count" in columns:  # a percent is of one set of members
            comparable += " and a.same_count = b.same_count"
        other_columns = [f"{figure} as value", *(key for key in (*KEYS, "status", "same_count") if key in columns)]
        status = "b.status as against_status," if "status" in columns else ""
        before = f"select {', '.join(other_columns)} from {relation.over(other)}"
        mine, joined = f"a.{figure}", ""
        if own != window:  # it is longer than the other, and only so many of its days are compared
            mine = "c.value"
            joined = (
                f" left join (select {', '.join(other_columns)} from {relation.over(own)}) as c on "
                + keys.replace("b.", "c.")
            )
            comparable = comparable.replace("a.s", "c.s")
        return (
            f"select a.*, date '{other.start}' as against_from_date, date '{other.end}' as against_to_date,"
            f" date '{own.end}' as compared_to_date, b.value as against_{figure}, {status}"
            f" case when {comparable} then 100 * ({mine} - b.value) / b.value end as against_change_pct"
            f" from ({asked}) as a left join ({before}) as b on {keys}{joined}",
            values,
        )

    def _course(
        self,
        relation: _Relation,
        spans: list[tuple[list[str] | None, Window]],
        whole: tuple[list[str], list[str], list[tuple]],
    ) -> tuple[list[str], list[str], list[tuple]]:
        """The rows of the whole window, each in its place cut into the steps of the window."""
        columns, types, rows = whole
        keys = [columns.index(key) for key in KEYS if key in columns]
        places = {tuple(row[key] for key in keys): place for place, row in enumerate(rows)}
        inner: list[tuple] = []
        for platforms, window in spans:
            for part in windows.split(window, self.question.step):
                sql, values = self._part(relation, part, platforms, columns)
                inner += self.connection.execute(sql, values).fetchall()
        kept = [row for row in inner if tuple(row[key] for key in keys) in places]
        start = columns.index("from_date")
        kept.sort(key=lambda row: (places[tuple(row[key] for key in keys)], row[start]))
        return columns, types, kept


_ANY = Window(date(2000, 1, 1), date(2000, 1, 2))


def _order(sort: str, columns: list[str]) -> str:
    # texts from a to z, numbers from the largest; a minus turns either
    name = sort.lstrip("-")
    ascending = (name in TEXTS) != sort.startswith("-")
    ties = ", ".join(c for c in ("name", "subject_id", "platform", "metric") if c in columns and c != name)
    return f"{quoted(name)} {'asc' if ascending else 'desc'} nulls last{', ' + ties if ties else ''}"
