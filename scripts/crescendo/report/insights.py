"""The front page of a week: what is worth a sentence, ranked by surprise against the course of the series itself.

Every finding has its surprise in bits: -log2 of the chance that as much happens in a usual week (Shannon's information
of it). So a move, a milestone and a playlist's effect are compared on one scale. `docs/insights.md` has the chances.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from crescendo.ask.windows import Window

MOST, MOST_OF_A_KIND = 10, 5
FEW = 5  # members of a group that is told of once with them
CANDIDATES = 60  # of each kind, that are worth being compared
EXPECTED_DAYS, EFFECT_DAYS = 28, 70
SURE_PEERS, SURE_RELEASE = 3.0, 90.0
ADDED, LEAST_SPREAD = ("counter", "flow"), 0.01
OWN = "crescendo"
LAST_DAY = """
    select if(c.complete_through_date >= c.last_date - 28, c.complete_through_date, c.last_date) as day
    from metrics.platform_completeness as c
    inner join metrics.dim_metrics as m on c.platform = m.platform
    inner join metrics.dim_series as s on m.metric_id = s.metric_id
    where c.platform <> 'crescendo' group by c.platform, day order by sum(s.observation_count) desc, c.platform limit 1
"""
NAMED = "left join metrics.dim_platforms as p on f.platform = p.platform"


Source = Callable[[duckdb.DuckDBPyConnection, Window, list[str]], "Iterator[Finding]"]


@dataclass(frozen=True)
class Finding:
    """Something that happened: the row it is from, its surprise in bits, and the query that shows it whole.

    `about` are the subjects that it tells of: what another finding has told of is not told again.
    """

    kind: str
    row: dict[str, Any]
    surprise: float
    evidence: str
    about: frozenset[str] = field(default_factory=frozenset)


def last_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The last complete day of the platform with the most observations; None if there is none."""
    found = connection.execute(LAST_DAY).fetchone()
    return found[0] if found else None


def findings(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    subjects: Sequence[str] = (),
    most: int = MOST,
    sources: Sequence[Source] | None = None,
) -> list[Finding]:
    """The most surprising findings of a window, each story once; of these subjects only, if any are given."""
    found = [one for source in sources or SOURCES for one in source(connection, window, list(subjects))]
    found = [finding for finding in found if finding.row.get("certainty") != "low"]
    found.sort(key=lambda finding: (-finding.surprise, finding.kind, str(finding.row["name"]), finding.row["subject"]))
    parts = _parts(connection, sorted({finding.row["subject"] for finding in found}))
    told: set[str] = set()
    kinds: dict[str, int] = {}
    chosen: list[Finding] = []
    for finding in found:
        about = finding.about | parts.get(finding.row["subject"], frozenset())
        if about & told or kinds.get(finding.kind, 0) == MOST_OF_A_KIND or len(chosen) == most:
            continue
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
        told |= about
        chosen.append(finding)
    return chosen


def _parts(connection: duckdb.DuckDBPyConnection, subjects: list[str]) -> dict[str, frozenset[str]]:
    """The members of groups that have few: what moves the one moves the other."""
    query = f"""
        select group_id, list(subject_id) as members from intermediate.int_memberships_received
        where list_contains($subjects, group_id) group by group_id having count(*) <= {FEW}
    """
    return {row["group_id"]: frozenset(row["members"]) for row in rows(connection, query, subjects=subjects)}


def rows(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[dict[str, Any]]:
    """The rows of a query, by name of column."""
    result = connection.execute(query, values or None)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def held(connection: duckdb.DuckDBPyConnection, call: str, where: str = "true") -> str:
    """A table of what a table function answers, asked once for a connection: many pages rest on it."""
    name = f"held_{hashlib.sha256((call + where).encode()).hexdigest()[:12]}"
    connection.execute(f"create temp table if not exists {name} as select * from {call} where {where}")
    return name


def called(window: Window) -> str:
    """The arguments of a table function for a window."""
    return f"'{window.start}', '{window.end}'"


def bits(score: float, count: float) -> float:
    """The surprise of a distance in standard deviations measured on so many values: Student's t, two-sided."""
    from scipy.special import stdtr  # who asks for something else need not wait for it

    chance = 2 * float(stdtr(max(count - 1, 1), -abs(score)))
    return -math.log2(max(chance, 1e-300))


def _movers(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Series and groups that left their usual course, each with what moved it most."""
    query = f"""
        select f.*, p.platform_name from {held(connection, f"insights.movers({called(window)})")} as f {NAMED}
        inner join metrics.dim_subjects as s on f.subject = s.subject_id and s.is_primary
        where f.is_surprising and f.platform <> '{OWN}' and (len($subjects) = 0 or list_contains($subjects, f.subject))
        order by abs(f.surprise) desc, f.subject, f.platform, f.metric limit {CANDIDATES}
    """
    found = rows(connection, query, subjects=subjects)
    drivers = _drivers(connection, window, sorted({row["subject"] for row in found}))
    for row in found:
        key = tuple(row[name] for name in ("subject", "member_type", "platform", "metric"))
        driver = drivers.get(key, {})
        row |= {"driver_name": driver.get("driver_name"), "contribution": driver.get("contribution")}
        about = frozenset(name for name in (row["subject"], driver.get("driver")) if name)
        evidence = f"from insights.mover_drivers({called(window)}) where subject = {_quoted(row['subject'])}"
        yield Finding("mover", row, bits(_distance(row), row["window_count"]), evidence, about)


def _distance(row: dict[str, Any]) -> float:
    """How far a move is from the usual one, in deviations; of a level that never moved, one is at least 1 % of it."""
    spread = row["usual_spread"]
    if row["kind"] not in ADDED and row["start_value"]:
        spread = max(spread, LEAST_SPREAD * abs(row["start_value"]))
    return (float(row["move"]) - row["usual_move"]) / spread


def _drivers(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> dict[tuple, dict]:
    """What moved each of these subjects most: a member rather than a platform, and a platform rather than a place."""
    query = f"""
        select f.subject, f.member_type, f.platform, f.metric, f.driver, f.driver_name, f.contribution
        from {held(connection, f"insights.mover_drivers({called(window)})")} as f
        where list_contains($subjects, f.subject) and f.driver_rank = 1 and f.driver is not null
        order by case f.driver_type when 'member' then 3 when 'platform' then 2 else 1 end
    """
    found = rows(connection, query, subjects=subjects) if subjects else []
    return {tuple(row[name] for name in ("subject", "member_type", "platform", "metric")): row for row in found}


def _crossed(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Milestones that were crossed: as surprising as they are rare at this pace."""
    query = f"""
        select f.*, p.platform_name from {held(connection, f"insights.milestones({called(window)})")} as f {NAMED}
        where f.is_crossed and f.crossed_date > $start and f.platform <> '{OWN}'
            and (len($subjects) = 0 or list_contains($subjects, f.subject))
        order by f.threshold / greatest(f.daily_pace, 1e-9) desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, start=window.start, subjects=subjects):
        pace = row["daily_pace"]
        if pace is None:  # what is known is the step across
            pace = (row["after_value"] - row["before_value"]) / max(row["span_days"], 1)
        pace = max(pace * window.days, 1e-9)
        evidence = f"from insights.milestones({called(window)}) where subject = {_quoted(row['subject'])}"
        yield Finding("milestone", row, _rare(row["threshold"] / 2, pace), evidence, frozenset({row["subject"]}))


def _rare(gap: float, pace: float) -> float:
    """The surprise of something that comes once in a gap that is walked at this pace."""
    return max(0.0, math.log2(max(gap / pace, 1.0)))


def _expected(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Milestones that are expected in the next weeks."""
    query = f"""
        select f.*, p.platform_name from insights.milestones_expected as f {NAMED}
        where f.expected_date > $end and f.expected_date <= $end + $days::integer
            and (len($subjects) = 0 or list_contains($subjects, f.subject))
        order by f.threshold desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, end=window.end, days=EXPECTED_DAYS, subjects=subjects):
        days = max((row["expected_date"] - row["observed_date"]).days, 1)
        pace = (row["threshold"] - row["newest_value"]) / days * EXPECTED_DAYS
        evidence = f"from insights.milestones_expected where subject = {_quoted(row['subject'])}"
        yield Finding(
            "expected", row, _rare(row["threshold"] / 2, max(pace, 1e-9)), evidence, frozenset({row["subject"]})
        )


def _kept(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Spikes of which this week says what is left: as surprising as a week that is so far above usual."""
    back = Window(window.start - timedelta(35), window.end)
    query = f"""
        select f.*, p.platform_name,
            f.week_date + 34 > $start and f.kept_28d_ratio is not null as is_month,
            if(is_month, f.kept_28d_ratio, f.kept_7d_ratio) as kept_ratio
        from insights.spikes({called(back)}) as f {NAMED}
        where f.platform <> '{OWN}' and (len($subjects) = 0 or list_contains($subjects, f.subject))
            and f.kind in ('counter', 'flow') and kept_ratio > 0
            and (is_month or (f.week_date + 13 > $start and f.kept_7d_ratio is not null))
        order by f.surprise * kept_ratio desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, start=window.start, subjects=subjects):
        evidence = f"from insights.spikes({called(back)}) where subject = {_quoted(row['subject'])}"
        surprise = bits(row["surprise"] * min(row["kept_ratio"], 1.0), row["window_count"])
        yield Finding("kept", row, surprise, evidence, frozenset({row["subject"]}))


def _releases(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Releases of the last four weeks that do better than nearly all others did on their day."""
    function = f"insights.release_curves('{window.end}')"
    fresh = f"day_number between 1 and 28 and observed_date > '{window.start}'"
    query = f"""
        select f.*, p.platform_name from {held(connection, function, fresh)} as f {NAMED}
        where f.observed_date > $start and f.catalogue_pct >= {SURE_RELEASE}
            and f.platform <> '{OWN}' and (len($subjects) = 0 or list_contains($subjects, f.subject))
        qualify row_number() over (partition by f.series_id order by f.day_number desc) = 1
        order by f.catalogue_pct desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, start=window.start, subjects=subjects):
        better = 1 - row["catalogue_pct"] / 100
        surprise = -math.log2(max(better, 1 / (row["catalogue_count"] + 1)))
        evidence = f"from insights.release_curves('{window.end}') where subject = {_quoted(row['subject'])}"
        yield Finding("release", row, surprise, evidence, frozenset({row["subject"]}))


def _peers(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Subjects whose last four weeks are far from those of subjects of like size and genre."""
    query = f"""
        select f.*, p.platform_name from {held(connection, f"insights.peers('{window.end}')")} as f {NAMED}
        where abs(f.peer_score) >= {SURE_PEERS} and f.kind not in ('index', 'rolling') and f.platform <> '{OWN}'
            and (len($subjects) = 0 or list_contains($subjects, f.subject))
        order by abs(f.peer_score) desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, subjects=subjects):
        evidence = f"from insights.peers('{window.end}') where subject = {_quoted(row['subject'])}"
        # of so few no chance can be smaller
        surprise = min(bits(row["peer_score"], row["peer_count"]), math.log2(row["peer_count"] + 1))
        yield Finding("peers", row, surprise, evidence, frozenset({row["subject"]}))


def _effects(connection: duckdb.DuckDBPyConnection, window: Window, subjects: list[str]) -> Iterator[Finding]:
    """Playlists that moved a song that entered in the last weeks, beyond what chance does."""
    query = f"""
        select f.*, p.platform_name from insights.playlist_effects as f {NAMED}
        where f.scope = 'entry' and f.effect_kind = 'listed' and f.status = 'ok'
            and (f.low_ratio > 0 or f.high_ratio < 0) and f.entry_date between $end - $days::integer and $end
            and (len($subjects) = 0 or list_contains($subjects, f.subject))
        order by f.effect_ratio desc, f.subject limit {CANDIDATES}
    """
    for row in rows(connection, query, end=window.end, days=EFFECT_DAYS, subjects=subjects):
        width = math.log((1 + row["high_ratio"]) / (1 + row["low_ratio"])) / 2 / 1.96
        evidence = f"from insights.playlist_effects where subject = {_quoted(row['subject'])}"
        surprise = bits(math.log1p(row["effect_ratio"]) / max(width, 1e-9), row["control_count"])
        yield Finding("effect", row, surprise, evidence, frozenset({row["subject"]}))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


SOURCES: tuple[Source, ...] = (_movers, _crossed, _expected, _kept, _releases, _peers, _effects)
# what is known in a moment, for a page of one subject
QUICK: tuple[Source, ...] = (_movers, _crossed, _expected, _peers, _effects)
