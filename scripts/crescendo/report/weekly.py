"""The week of one subject, such as an artist, as one page: figures beside their usual course, and what moved them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from crescendo.ask.tables import grouped
from crescendo.ask.texts import _
from crescendo.ask.windows import Window
from crescendo.report import insights, sentences
from crescendo.report.daily import Report, rendered
from crescendo.report.facts import Series
from crescendo.report.figures import Figure, figure
from crescendo.report.sections import Section, Table
from crescendo.report.sentences import amount, percent

WEEKS, SENTENCES, ROWS = 26, 5, 12
OF_A_DAY = ("career_stages", "concentration", "peers")  # functions of one day
# the largest of a type by what is counted most, members and all
LARGEST = """
    select g.subject, s.name, sum(o.running_gain) as gained
    from intermediate.int_series_grouped as g
    inner join metrics.dim_subjects as s on g.subject = s.subject_id
    inner join metrics.dim_series as d on g.series_id = d.series_id
    inner join metrics.dim_metrics as m on d.metric_id = m.metric_id and m.kind in ('counter', 'flow')
    inner join metrics.fct_observations as o on g.series_id = o.series_id and o.observed_date = d.last_date
    where s.subject_type = $type group by all order by gained desc nulls last, g.subject limit $top
"""
# weeks up to the day, on the scale of the newest: of what adds up the gain of the members, brought to seven days as for
# forecasts; of a level the subject's own. Of a group, as in movers, they are the members of which its newest week is
# known; a week is left out if what is not known of them makes more than 5 % of that one.
HISTORY = """
    with own as (
        select g.series_id, m.platform, p.platform_name, m.metric, m.kind, m.max_age_days, s.began_on,
            d.subject_id = $subject as is_own
        from intermediate.int_series_grouped as g
        inner join metrics.dim_series as d on g.series_id = d.series_id
        inner join metrics.dim_metrics as m on d.metric_id = m.metric_id
        inner join metrics.dim_platforms as p on m.platform = p.platform
        inner join metrics.dim_subjects as s on d.subject_id = s.subject_id and s.is_primary
        where g.subject = $subject and (m.kind in ('counter', 'flow') or d.subject_id = $subject)
    ),
    dated as (
        select own.*, (($end - o.observed_date) // 7)::integer as ago, o.observed_date, o.value, o.running_gain
        from own inner join metrics.fct_observations as o on own.series_id = o.series_id
        left join intermediate.int_ends_unconfirmed as e on own.series_id = e.series_id
        where not o.is_outlier and coalesce(o.observed_date < e.unconfirmed_from_date, true)
            and o.observed_date between $end - 7 * $weeks::integer - 6 and $end
        -- corrections alone leave it on one scale
        qualify o.running_breaks // 131072 = max(o.running_breaks // 131072) over (partition by o.series_id)
    ),
    closed as (
        select * exclude (observed_date, value, running_gain), max(observed_date) as closed_on, count(*) as days,
            max_by(value, observed_date) as level, max_by(running_gain, observed_date) as gained, avg(value) as mean
        from dated group by all having kind = 'flow' or closed_on >= $end - 7 * ago - max_age_days
    ),
    weeks as (
        select *, case kind
            when 'flow' then if(days >= 4, 7 * mean, null)
            when 'counter' then if(lag(ago) over course = ago + 1,
                7 * (gained - lag(gained) over course) / (closed_on - lag(closed_on) over course), null)
            else level end as week_value
        from closed
        window course as (partition by series_id order by ago desc)
        qualify week_value is not null
    ),
    newest as (
        select platform, metric, is_own, series_id, began_on, abs(week_value) as size from weeks
        qualify ago = min(ago) over (partition by platform, metric, is_own)
    ),
    added as (
        select w.platform, w.platform_name, w.metric, w.is_own, w.ago, sum(w.week_value) as week_value,
            sum(n.size) as known
        from weeks as w inner join newest as n on w.series_id = n.series_id group by all
    )
    select a.platform_name, a.metric, a.is_own, a.ago, any_value(a.week_value) as week_value
    from added as a
    inner join newest as n on a.platform = n.platform and a.metric = n.metric and a.is_own = n.is_own
    where n.began_on is null or n.began_on <= $end - 7 * a.ago
    group by all having any_value(a.known) >= 0.95 * sum(n.size)
    order by a.platform_name, a.metric, a.is_own desc, a.ago desc
"""
SILENT = """
    select s.name, p.platform_name, m.metric, d.last_date
    from intermediate.int_series_grouped as g
    inner join metrics.dim_series as d on g.series_id = d.series_id
    inner join metrics.dim_metrics as m on d.metric_id = m.metric_id
    inner join metrics.dim_platforms as p on m.platform = p.platform
    inner join metrics.dim_subjects as s on d.subject_id = s.subject_id and s.is_primary
    where g.subject = $subject and d.last_date < $end - m.max_age_days and d.last_date >= $end - 90
    order by d.last_date desc, s.name, p.platform_name, m.metric
"""


@dataclass(frozen=True)
class Asked:
    """What a page is made from: the warehouse, the window, and the subject with its members."""

    connection: duckdb.DuckDBPyConnection
    window: Window
    subject: str
    name: str
    members: list[str]

    def held(self, function: str) -> str:
        """What a function of the schema `insights` answers for the window, or for its last day; asked once."""
        arguments = f"'{self.window.end}'" if function in OF_A_DAY else insights.called(self.window)
        return insights.held(self.connection, f"insights.{function}({arguments})")

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a query; it may use $subject, $members and $end."""
        given = {"subject": self.subject, "members": self.members, "end": self.window.end} | values
        return insights.rows(self.connection, query, **{name: given[name] for name in given if f"${name}" in query})


def largest(connection: duckdb.DuckDBPyConnection, kind: str, top: int) -> list[tuple[str, str]]:
    """The subjects of a type with the largest counts, and their names."""
    return [(row["subject"], row["name"]) for row in insights.rows(connection, LARGEST, type=kind, top=top)]


def page(connection: duckdb.DuckDBPyConnection, window: Window, subject: str, name: str, warehouse: str) -> str:
    """The page of one subject as HTML that needs nothing but itself."""
    query = "select distinct subject_id from intermediate.int_memberships_received where group_id = $subject"
    members = [row["subject_id"] for row in insights.rows(connection, query, subject=subject)]
    asked = Asked(connection, window, subject, name, [subject, *members])
    made = Report(window.end, warehouse, datetime.now(UTC).replace(tzinfo=None))
    found = insights.findings(connection, window, asked.members, SENTENCES, insights.QUICK)
    made.headlines = [sentences.sentence(one).replace("`", "'") for one in found] or [
        _("Nothing left its usual course.")
    ]
    made.sections = [section for part in PARTS if (section := part(asked)) is not None]
    return rendered("daily.html", escapes=True, report=made, words=_words(asked, made))


def _words(asked: Asked, made: Report) -> dict[str, str]:
    days = {"start": asked.window.start, "end": asked.window.end}
    moment = f"{made.made_at:%Y-%m-%d %H:%M}"
    return {
        "title": _("{name}, week of {start} to {end}", name=asked.name, **days),
        "made": _("{warehouse}, made at {moment} UTC", warehouse=made.warehouse, moment=moment),
        "figure": _("figure"), "value": _("this week"), "usual": _("usual range"), "verdict": _("verdict"),
        "course": _("the weeks before"), "contents": _("Contents"), "more": _("more, and not shown"),
        "how": _(
            "Usual is the median of the weeks before, give or take three deviations; with fewer than 7 weeks nothing is"
            " judged. Weeks end on {end}. What was gained between days that are not a week apart is brought to seven"
            " days. A week that is not received yet is left out, never drawn as zero, and so are the weeks before a"
            " restatement or a reset: they are on another scale.", **days,
        ),
    }  # fmt: skip


def _weeks(asked: Asked) -> Section | None:
    """The weeks of each platform and metric, with their small charts."""
    courses: dict[tuple, list[tuple[date, float]]] = defaultdict(list)
    for row in asked.rows(HISTORY, weeks=WEEKS):
        day = date.fromordinal(asked.window.end.toordinal() - 7 * row["ago"])
        courses[row["platform_name"], row["metric"], row["is_own"]].append((day, row["week_value"]))
    shown: list[Figure] = []
    for (platform, metric, is_own), history in courses.items():
        called = f"{platform}: {metric.replace('_', ' ')}"
        name = called if is_own else _("{what}, all members", what=called)
        shown.append(figure(name, Series("week", asked.subject, metric, history), asked.window.end, "count"))
    return Section("weeks", _("The week"), figures=shown) if shown else None


def _moves(asked: Asked) -> Section | None:
    """What moved, the members and the whole, the largest against its usual course first."""
    query = f"""
        select f.*, p.platform_name from {asked.held("movers")} as f {insights.NAMED}
        where list_contains($members, f.subject) and f.surprise is not null
        order by f.is_surprising desc, abs(f.surprise) desc, f.subject, f.platform, f.metric limit {ROWS}
    """
    lines = [
        [row["name"], sentences.where(row), amount(row["move"]), amount(row["usual_move"]), grouped(row["surprise"], 1),
         str(row["first_seen_date"] or ""), row["certainty"] or ""]
        for row in asked.rows(query)
    ]  # fmt: skip
    headings = [_("who"), _("what"), _("move"), _("usual"), _("deviations"), _("first seen"), _("certainty")]
    return _table("moves", _("What moved"), headings, lines, (2, 3, 4))


def _drivers(asked: Asked) -> Section | None:
    """What the move of the whole is made of."""
    query = f"""
        select f.*, p.platform_name from {asked.held("mover_drivers")} as f {insights.NAMED}
        where f.subject = $subject and f.driver is not null
        qualify 5 >= row_number() over (
            partition by f.platform, f.metric, f.driver_type order by abs(f.contribution) desc
        )
        order by f.metric, f.platform, f.driver_type, abs(f.contribution) desc limit {3 * ROWS}
    """
    lines = [
        [sentences.where(row), row["driver_name"] or row["driver"], amount(row["contribution"]),
         percent(row["share_ratio"]) if row["share_ratio"] is not None else ""]
        for row in asked.rows(query)
    ]  # fmt: skip
    return _table("drivers", _("What it is made of"), [_("what"), _("driver"), _("part"), _("share")], lines, (2, 3))


def _milestones(asked: Asked) -> Section | None:
    """Milestones of the window, and the next ones with the day on which they are expected."""
    crossed = f"""
        select f.*, p.platform_name from {asked.held("milestones")} as f {insights.NAMED}
        where list_contains($members, f.subject) and f.is_crossed order by f.threshold desc, f.subject limit {ROWS}
    """
    expected = f"""
        select f.*, p.platform_name from insights.milestones_expected as f {insights.NAMED}
        where list_contains($members, f.subject) and f.expected_date is not null
        order by f.expected_date, f.subject limit {ROWS}
    """
    lines = [
        [row["name"], sentences.where(row), amount(row["threshold"]), str(row["crossed_date"] or ""), _("passed")]
        for row in asked.rows(crossed)
    ]
    for row in asked.rows(expected):
        last = row["latest_date"] or _("later than forecasts look")
        said = _("expected, 8 of 10 cases: {first} to {last}", first=row["earliest_date"], last=last)
        lines.append([row["name"], sentences.where(row), amount(row["threshold"]), str(row["expected_date"]), said])
    headings = [_("who"), _("what"), _("milestone"), _("day"), _("how sure")]
    return _table("milestones", _("Milestones"), headings, lines, (2,))


def _forecasts(asked: Asked) -> Section | None:
    """What the next weeks bring, where a forecast is better than the week before."""
    query = f"""
        select f.*, p.platform_name from insights.forecasts as f {insights.NAMED}
        where list_contains($members, f.subject) and f.horizon_weeks in (4, 13) and f.kind in ('counter', 'flow')
        order by f.reach_value desc, f.subject, f.horizon_weeks limit {ROWS}
    """
    lines = [
        [row["name"], sentences.where(row), str(row["target_date"]), amount(row["reach_value"]),
         _("{low} to {high}", low=amount(row["reach_low"]), high=amount(row["reach_high"])),
         percent(1 - row["forecast_error"] / row["naive_error"]) if row["naive_error"] else ""]
        for row in asked.rows(query)
    ]  # fmt: skip
    headings = [_("who"), _("what"), _("until"), _("forecast"), _("8 of 10 cases"), _("error less than naive")]
    return _table("forecasts", _("What comes next"), headings, lines, (3, 4, 5))


def _concentration(asked: Asked) -> Section | None:
    """How much hangs on how few."""
    query = f"""
        select f.*, p.platform_name from {asked.held("concentration")} as f {insights.NAMED}
        where f.subject = $subject and f.part_count > 1 and f.top_share_ratio is not null
        order by f.dimension, f.total desc limit {ROWS}
    """
    words = {
        "member": _("member"), "platform": _("platform"), "country": _("country"), "city": _("city"),
        "playlist": _("playlist"),
    }  # fmt: skip
    lines = [
        [sentences.where(row), words.get(row["dimension"], row["dimension"]), row["top_name"] or row["top_part"],
         percent(row["top_share_ratio"]), grouped(row["effective_count"], 1), grouped(row["part_count"])]
        for row in asked.rows(query)
    ]  # fmt: skip
    headings = [_("what"), _("by"), _("largest"), _("its share"), _("as if equal ones"), _("parts")]
    return _table("concentration", _("On how few it hangs"), headings, lines, (3, 4, 5))


def _rank(asked: Asked) -> Section | None:
    """Its stage, and its last four weeks beside those of its peers."""
    query = f"""
        select s.*, p.platform_name, r.peer_score, r.peer_count
        from {asked.held("career_stages")} as s
        left join metrics.dim_platforms as p on s.platform = p.platform
        left join {asked.held("peers")} as r
            on s.subject = r.subject and s.platform = r.platform and s.metric = r.metric
            and s.member_type = r.member_type
        where s.subject = $subject and s.stage is not null order by s.size_rank, s.platform, s.metric limit {ROWS}
    """
    lines = [
        [sentences.where(row), row["stage"], _("{rank} of {count}", rank=grouped(row["size_rank"]),
         count=grouped(row["subject_count"])),
         grouped(row["peer_score"], 1, sign=True) if row["peer_score"] is not None else "",
         grouped(row["peer_count"]) if row["peer_score"] is not None else ""]
        for row in asked.rows(query)
    ]  # fmt: skip
    headings = [_("what"), _("stage"), _("rank by size"), _("deviations from peers"), _("peers")]
    return _table("rank", _("Rank and peers"), headings, lines, (3, 4))


def _playlists(asked: Asked) -> Section | None:
    """What playlists did to its songs."""
    query = f"""
        select f.*, p.platform_name from insights.playlist_effects as f {insights.NAMED}
        where list_contains($members, f.subject) and f.scope = 'entry' and f.status = 'ok'
        order by f.entry_date desc, f.playlist_id, f.effect_kind limit {ROWS}
    """
    kinds = {"listed": _("while listed"), "exit": _("when it left"), "kept": _("kept after it left")}
    lines = [
        [row["name"], row["playlist_name"] or row["playlist_id"], str(row["entry_date"]), kinds[row["effect_kind"]],
         percent(row["effect_ratio"]),
         _("{low} to {high}", low=percent(row["low_ratio"]), high=percent(row["high_ratio"]))]
        for row in asked.rows(query)
    ]  # fmt: skip
    headings = [_("who"), _("playlist"), _("entered"), _("effect"), _("size"), _("19 of 20 cases")]
    return _table("playlists", _("Playlists"), headings, lines, (4, 5))


def _silences(asked: Asked) -> Section | None:
    """What has had no value lately, so that nobody takes it for zero."""
    lines = [
        [row["name"], f"{row['platform_name']}: {row['metric'].replace('_', ' ')}", str(row["last_date"])]
        for row in asked.rows(SILENT)
    ]
    headings = [_("who"), _("what"), _("last value")]
    return _table("silences", _("Not received"), headings, lines, ())


def _table(
    key: str, title: str, headings: list[str], lines: list[list[str]], numeric: tuple[int, ...]
) -> Section | None:
    """A section of one table; none if it has no rows."""
    if not lines:
        return None
    return Section(key, title, tables=[Table(headings, lines[: 3 * ROWS], numeric)], more=max(0, len(lines) - 3 * ROWS))


PARTS: tuple[Callable[[Asked], Section | None], ...] = (
    _weeks, _moves, _drivers, _milestones, _forecasts, _playlists, _concentration, _rank, _silences,
)  # fmt: skip


def pages(
    connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[tuple[str, str]], warehouse: str
) -> Iterator[tuple[str, str]]:
    """The name and the page of each subject."""
    for subject, name in subjects:
        yield name, page(connection, window, subject, name, warehouse)
