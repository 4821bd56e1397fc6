"""Growth by its definitions, calculated the slow way: every window starts at the observations, nothing is carried.

What the models are compared with, so nothing here is taken from them but the catalogue of metrics. Whole numbers only:
then every figure but a power is exact, or the one division that makes it is rounded once.
"""

import csv
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

STATUSES = (
    *("no_end", "no_base", "stale_end", "stale_base", "zero_base"),
    *("reset_in_window", "restated_in_window", "relinked_in_window", "unconfirmed_end"),
    *("low_coverage", "low_base", "partial_window", "ok"),
)
PERCENT = STATUSES[-4:]
BROKEN = STATUSES[5:9]
ENOUGH = Fraction(8, 10)
LONGEST_RUN, LONGEST_SPAN = 10, 14
Window = tuple[date, date]
DAY = attrgetter("day")


@dataclass(frozen=True)
class Metric:
    """A line of the catalogue; ratios are None if the metric may do what they judge."""

    platform: str
    metric: str
    unit: str
    kind: str
    additive: bool
    cadence: int
    max_age: int
    min_base: int
    correction: Fraction | None
    reset: Fraction | None
    nothing: Fraction | None

    def falls(self, high: int, low: int) -> bool:
        """By more than a correction."""
        return high - low > self.correction * high


def catalogue(file: Path) -> dict[str, Metric]:
    """Metrics by id, 'spotify:streams'."""

    def ratio(text: str) -> Fraction | None:
        return Fraction(text) if text else None

    with file.open() as lines:
        return {
            f"{line['platform']}:{line['metric']}": Metric(
                line["platform"],
                line["metric"],
                line["unit"],
                line["kind"],
                line["add_over_platform"] != "never",
                int(line["cadence_days"]),
                int(line["max_age_days"]),
                int(line["min_base"]),
                ratio(line["correction_ratio"]),
                ratio(line["reset_ratio"]),
                ratio(line["outlier_drop_ratio"]),
            )
            for line in csv.DictReader(lines)
        }


class Observation(NamedTuple):
    """What a series shows on a day.

    linked: the part of the value that came with identifiers since the series began, less what went with them.
    restated: the first observation of a version that contradicts the version before.
    """

    day: date
    value: int
    linked: int = 0
    restated: bool = False

    def on_scale_of(self, other: "Observation") -> int:
        """The value as it would be with the identifiers of the other observation."""
        return self.value - (self.linked - other.linked)


class Step(NamedTuple):
    """What happened between two sound observations, told of the later one."""

    day: date
    gain: int
    change_class: str


@dataclass
class Series:
    """One metric of one subject; points by day, one a day, as observations or as (day, value)."""

    metric: Metric
    points: list[Observation]
    released: date | None = None

    def __post_init__(self) -> None:
        self.points = [Observation(*point) for point in self.points]

    @cached_property
    def excursions(self) -> list[Observation]:
        """Runs that are off the course of the observations around them, which fit each other."""
        found, place = [], 0
        while place < len(self.points):
            # the longest run counts
            length = next((count for count in range(LONGEST_RUN, 0, -1) if self._is_excursion(place, count)), 0)
            found += self.points[place + 1 : place + 1 + length]
            place += length + 1
        return found

    def _is_excursion(self, place: int, count: int) -> bool:
        """Whether the `count` observations after a sound one at `place` are an excursion."""
        run, metric = self.points[place + 1 : place + 1 + count], self.metric
        if place + count + 1 >= len(self.points) or (run[-1].day - run[0].day).days > LONGEST_SPAN:
            return False
        before = self.points[place].value
        after = self.points[place + count + 1].on_scale_of(self.points[place])
        values = [one.on_scale_of(self.points[place]) for one in run]
        if not all(abs(before - after) < min(abs(value - before), abs(value - after)) for value in values):
            return False
        if metric.correction is not None:
            dips = all(metric.falls(before, value) for value in values)
            leaps = all(metric.falls(value, after) for value in values)
            return not metric.falls(before, after) and (dips or leaps)
        return metric.nothing is not None and all(abs(value) <= metric.nothing * min(before, after) for value in values)

    @cached_property
    def sound(self) -> list[Observation]:
        """The points without excursions."""
        off = set(self.excursions)
        return [point for point in self.points if point not in off]

    @cached_property
    def steps(self) -> list[Step]:
        """What each sound observation but the first adds."""
        return [self._step(old, new) for old, new in pairwise(self.sound)]

    def _step(self, old: Observation, new: Observation) -> Step:
        metric, change = self.metric, new.on_scale_of(old) - old.value
        # a boundary on an excursion moves to the next sound observation
        restated = any(point.restated for point in self.points if old.day < point.day <= new.day)
        if metric.kind == "flow":
            return Step(new.day, new.value, "restatement" if restated else "flow")
        classes = {
            "relinked": new.linked != old.linked,
            "restatement": restated,
            "increase": change > 0,
            "unchanged": change == 0,
            "decrease": metric.correction is None,
        }
        found = next((name for name, holds in classes.items() if holds), None)
        # what jumps between two versions is no growth
        return Step(new.day, 0 if restated else max(change, 0), found or self._fall(old.value, change))

    def _fall(self, old: int, change: int) -> str:
        if -change < self.metric.correction * old:
            return "correction"
        return "reset" if old + change < self.metric.reset * old else "restatement"

    @cached_property
    def unconfirmed(self) -> set[date]:
        """Days of the newest sound observations that fell, leapt or vanished, and have not come back yet."""
        found, sound = set(), self.sound
        for count in range(1, min(LONGEST_RUN, len(sound) - 1) + 1):
            before, run = sound[-count - 1], sound[-count:]
            if (run[-1].day - run[0].day).days <= LONGEST_SPAN and self._is_off(before, run):
                found |= {one.day for one in run}
        return found

    @cached_property
    def confirmed(self) -> list[Observation]:
        """The sound observations without the newest ones that may still be an excursion; of a flow all."""
        off = set() if self.metric.kind == "flow" else self.unconfirmed
        return [one for one in self.sound if one.day not in off]

    def _is_off(self, before: Observation, run: list[Observation]) -> bool:
        metric, values = self.metric, [one.on_scale_of(before) for one in run]
        if metric.correction is not None:
            fell = all(metric.falls(before.value, value) for value in values)
            return fell or all(value > 2 * before.value for value in values)
        if metric.nothing is None or before.value <= 0:
            return False
        return all(abs(value) <= metric.nothing * before.value for value in values)

    def last(self, day: date) -> Observation | None:
        """The last sound observation of that day or before, however old."""
        place = bisect_right(self.sound, day, key=DAY)
        return self.sound[place - 1] if place else None

    def anchor(self, day: date) -> Observation | None:
        """The last sound observation of that day or before, if it is not too old."""
        last = self.last(day)
        return last if last and (day - last.day).days <= self.metric.max_age else None

    def level(self, day: date) -> int | None:
        """The value as of a day; a flow has none."""
        anchor = None if self.metric.kind == "flow" else self.anchor(day)
        return anchor and anchor.value

    def days_in(self, since: date, until: date) -> int:
        """Observed days of (since, until]."""
        return len(within(self.sound, since, until))

    def covered_days(self, since: date, until: date) -> int:
        """Observed days of (since, until], of those that are expected."""
        return min(self.days_in(since, until), expected_days(self.metric, since, until))

    def gained(self, since: date, until: date) -> int | None:
        """What a counter rose by in (since, until], of a flow the sum of its values; what may fall gains its growth."""
        if self.metric.kind == "flow":
            inside = [point.value for point in within(self.sound, since, until)]
            return sum(inside) if inside else None
        start, end = self.anchor(since), self.anchor(until)
        if not start or not end:
            return None
        if self.metric.kind != "counter":
            return end.on_scale_of(start) - start.value
        return sum(step.gain for step in within(self.steps, since, until))

    def anchored_days(self, since: date, until: date) -> int | None:
        """Days between the anchors of (since, until], in which its gain was gained; the sum of a flow has none.

        But windows of as many days may have four weekly lists of a flow or five: these are compared list by list.
        """
        start, end = self.anchor(since), self.anchor(until)
        if self.metric.kind == "flow":
            return 1 if self.metric.cadence == 1 else len(within(self.sound, since, until))
        return (end.day - start.day).days if start and end else None

    def breaks(self, since: date, until: date) -> Counter[str]:
        """Steps of (since, until] by class."""
        return Counter(step.change_class for step in within(self.steps, since, until))

    def is_comparable(self, since: date, until: date) -> bool:
        """Whether the gain of (since, until] may be compared with another's: one scale, and not from zero."""
        breaks, opening = self.breaks(since, until), self.last(since)
        broken = breaks["reset"] or breaks["restatement"] or breaks["relinked"]
        return not broken and opening is not None and opening.value > 0

    def growth(self, since: date, until: date, complete: date) -> dict[str, object]:
        """The columns of `series_growth` that say something of the window (since, until]."""
        opening, closing = self.last(since), self.last(until)
        observed, expected = self.days_in(since, until), expected_days(self.metric, since, until)
        breaks = self.breaks(since, until)
        is_new = opening is None and self.released is not None and since < self.released <= until
        evidence = {
            "from_date": since,
            "to_date": until,
            "start_observed_date": opening and opening.day,
            "start_age_days": opening and (since - opening.day).days,
            "end_observed_date": closing and closing.day,
            "end_age_days": closing and (until - closing.day).days,
            "observed_days": observed,
            "expected_days": expected,
            "coverage_ratio": min(observed / expected, 1),
            "correction_count": breaks["correction"],
            "restatement_count": breaks["restatement"],
            "reset_count": breaks["reset"],
            "relink_count": breaks["relinked"],
            "is_new": is_new,
            "gained": self.gained(since, until),
            "previous_gained": self.gained(*window_before(since, until)),
        }
        if self.metric.kind == "flow":
            return evidence | self._growth_of_flow(since, until, complete)
        return evidence | self._growth_of_stock(since, until, complete, is_new)

    def _growth_of_stock(self, since: date, until: date, complete: date, is_new: bool) -> dict[str, object]:
        start, end = self.anchor(since), self.anchor(until)
        growth = None
        if start and end:
            growth = end.on_scale_of(start) - start.value
        elif end and is_new and self.metric.kind == "counter":
            growth = end.value - end.linked
        status = self._status_of_stock(since, until, complete)
        shown = status in PERCENT
        comparable = shown and self.is_comparable(*window_before(since, until))
        rate = shown and start.value + growth >= 0
        return {
            "start_value": start and start.value,
            "end_value": end and end.value,
            "growth": growth,
            "growth_pct": 100 * growth / start.value if shown else None,
            "period_change_pct": pace_change(self, (since, until), window_before(since, until)) if comparable else None,
            "daily_rate_pct": daily_rate(start.value, growth, (until - since).days) if rate else None,
            "status": status,
        }

    def _status_of_stock(self, since: date, until: date, complete: date) -> str:
        opening, closing, start, end = self.last(since), self.last(until), self.anchor(since), self.anchor(until)
        breaks = self.breaks(since, until)
        coverage = Fraction(self.days_in(since, until), expected_days(self.metric, since, until))
        return first_that_holds(
            no_end=closing is None,
            no_base=opening is None,
            stale_end=end is None,
            stale_base=start is None,
            zero_base=start and start.value <= 0,
            reset_in_window=breaks["reset"],
            restated_in_window=breaks["restatement"],
            relinked_in_window=breaks["relinked"],
            unconfirmed_end=closing and closing.day in self.unconfirmed,
            low_coverage=coverage < ENOUGH,
            low_base=start and start.value < self.metric.min_base,
            partial_window=until > complete,
        )

    def _growth_of_flow(self, since: date, until: date, complete: date) -> dict[str, object]:
        gained, before = self.gained(since, until), self.gained(*window_before(since, until))
        status = first_that_holds(
            no_end=gained is None,
            no_base=before is None,
            zero_base=before is not None and before <= 0,
            restated_in_window=self.breaks(window_before(since, until)[0], until)["restatement"],
            low_coverage=not self.is_covered(since, until) or not self.is_covered(*window_before(since, until)),
            low_base=before is not None and before < self.metric.min_base,
            partial_window=until > complete,
        )
        percent = 100 * (gained - before) / before if status in PERCENT and status != "low_coverage" else None
        return {
            "start_value": None,
            "end_value": None,
            "growth": gained,
            "growth_pct": percent,
            "period_change_pct": percent,
            "daily_rate_pct": None,
            "status": status,
        }

    def is_covered(self, since: date, until: date) -> bool:
        return Fraction(self.days_in(since, until), expected_days(self.metric, since, until)) >= ENOUGH

    def average(self, since: date, until: date) -> float | None:
        """The average day of (since, until], up to its last confirmed observation: its gain, or its mean value.

        Days before the first observation do not count; None if nothing in the window is confirmed, or if it opens in a
        silence.
        """
        opening, inside = self.last(since), within(self.confirmed, since, until)
        if not inside or (opening and self.anchor(since) is None and self.metric.kind != "flow"):
            return None
        if self.metric.kind == "flow":
            return sum(point.value for point in inside) / len(inside)
        closing = inside[-1].day
        if self.metric.kind == "counter":
            begin = opening.day if opening else self.sound[0].day
            gained = sum(step.gain for step in within(self.steps, since, closing))
            return gained / (closing - begin).days if closing > begin else None
        begin = since + timedelta(1) if opening else self.sound[0].day
        days = [begin + timedelta(number) for number in range((closing - begin).days + 1)]
        return sum(self.last(day).value for day in days) / len(days)

    def confirmed_level(self, day: date) -> int | None:
        """The last confirmed value as of a day, if it is not too old; a flow has none."""
        inside = within(self.confirmed, date.min, day)
        if self.metric.kind == "flow" or not inside or (day - inside[-1].day).days > self.metric.max_age:
            return None
        return inside[-1].value


def pace_change(one: Series, window: Window, earlier: Window) -> float | None:
    """What was gained a day between the anchors of a window, against that of an earlier one, in percent."""
    gained, before = one.gained(*window), one.gained(*earlier)
    days, days_before = one.anchored_days(*window), one.anchored_days(*earlier)
    if gained is None or not days or (before or 0) <= 0:
        return None
    return 100 * (gained * days_before - before * days) / (before * days)


def within(dated: list, since: date, until: date) -> list:
    """Those of (since, until], of observations or steps in the order of their days."""
    return dated[bisect_right(dated, since, key=DAY) : bisect_right(dated, until, key=DAY)]


def first_that_holds(**reasons: object) -> str:
    """The status of a window: the first reason, in the order of the statuses, that holds."""
    assert list(reasons) == [status for status in STATUSES if status in reasons]
    return next((reason for reason, holds in reasons.items() if holds), "ok")


def expected_days(metric: Metric, since: date, until: date) -> int:
    return max((until - since).days // metric.cadence, 1)


def window_before(since: date, until: date) -> Window:
    return since - (until - since), since


def daily_rate(start: int, growth: int, days: int) -> float:
    return 100 * (((start + growth) / start) ** (1 / days) - 1)


def group_growth(members: list[Series], since: date, until: date, complete: date) -> dict[str, object]:
    """The columns of a group, of one metric: each member is a recording, or an artist's own series."""
    metric, grown = members[0].metric, [(one, one.growth(since, until, complete)) for one in members]
    parts = {part: [] for part in ("same", "new", "lost", "restated", "absent")}
    for one, row in grown:
        flow = metric.kind == "flow"
        parts[_part_of_flow(one, since, until) if flow else _part_of_stock(one, row, until)].append((one, row))

    def total(part: str, column: str) -> int:
        return sum(row[column] for _, row in parts[part] if row[column] is not None)

    same, stock = bool(parts["same"]) or None, metric.kind != "flow"
    befores = [row["previous_gained"] for _, row in parts["same"] if row["previous_gained"] is not None]
    status = _status_of_group(parts, [row["status"] for _, row in grown], since, until, complete)
    percent = status in PERCENT and (stock or status != "low_coverage")
    change = _pace(parts["same"], since, until) if percent else None
    growth, start, end = total("same", "growth"), total("same", "start_value"), total("same", "end_value")
    new, lost = total("new", "end_value"), total("lost", "start_value")
    restated = total("restated", "end_value") - total("restated", "start_value")
    return {
        "status": status,
        "start_value": start if same and stock else None,
        "end_value": end if same and stock else None,
        "growth": same and growth,
        "growth_pct": (100 * growth / start if stock else change) if percent else None,
        "gained": same and total("same", "gained"),
        "previous_gained": sum(befores) if befores else None,
        "period_change_pct": change,
        "observed_days": total("same", "observed_days"),
        "expected_days": (expected := total("same", "expected_days")),
        "coverage_ratio": sum(one.covered_days(since, until) for one, _ in parts["same"]) / expected if expected else 0,
        "same_count": len(parts["same"]),
        "new_count": len(parts["new"]),
        "new_value": new,
        "lost_count": len(parts["lost"]),
        "lost_value": lost,
        "restated_count": len(parts["restated"]),
        "restated_change": restated,
        "total_change": growth + new - lost + restated,
    }


def _part_of_stock(one: Series, row: dict[str, object], until: date) -> str:
    start, end = row["start_value"] is not None, row["end_value"] is not None
    if not start or not end:
        return "new" if end else "lost" if start else "absent"
    counts = row["reset_count"] or row["restatement_count"] or row["relink_count"]
    counts = counts or one.last(until).day in one.unconfirmed
    return "restated" if row["status"] in BROKEN or (row["status"] == "zero_base" and counts) else "same"


def _part_of_flow(one: Series, since: date, until: date) -> str:
    if one.days_in(since, until):
        return "same"
    return "lost" if one.days_in(*window_before(since, until)) else "absent"


def _pace(same: list[tuple[Series, dict]], since: date, until: date) -> float | None:
    """The change of the gain a day between anchors, over the members that have both gains to compare."""
    again = [one for one, row in same if row["previous_gained"] is not None and _has_pace(one, since, until)]
    windows = (since, until), window_before(since, until)
    now, before = (
        sum((Fraction(one.gained(*window)) / (one.anchored_days(*window) or 1) for one in again), Fraction(0))
        for window in windows
    )
    return float(100 * (now - before) / before) if before > 0 else None


def _has_pace(one: Series, since: date, until: date) -> bool:
    """Of a flow, both windows are covered, on one scale: else it has no percent, and is in none."""
    before = window_before(since, until)
    if one.metric.kind == "flow":
        one_scale = not one.breaks(before[0], until)["restatement"]
        return one_scale and one.is_covered(since, until) and one.is_covered(*before)
    # nothing was read between two anchors that are one
    return one.is_comparable(*before) and one.anchored_days(since, until) > 0 and one.anchored_days(*before) > 0


def change_against(members: list[Series], own: Window, other: Window) -> tuple[float | None, int]:
    """Growth in a window against that in another of as many days, in percent, and of how many members it is.

    A member counts if both windows may be quoted and lie on one scale; of a flow, if both were covered. Their growth a
    day between their anchors is added up.
    """
    again = [one for one in members if _has_change(one, own, other)]
    now, before = (
        sum(
            (Fraction(one.growth(*window, date.max)["growth"]) / one.anchored_days(*window) for one in again),
            Fraction(0),
        )
        for window in (own, other)
    )
    return (float(100 * (now - before) / before) if before > 0 else None), len(again)


def average_against(members: list[Series], own: Window, other: Window) -> tuple[float | None, int]:
    """The average day of a window against that of another, in percent, and of how many members it is.

    A member counts if it has an average in both windows, and both lie on one scale.
    """
    both = [(one.average(*own), one.average(*other)) for one in members if _keeps_scale(one, own, other)]
    both = [pair for pair in both if None not in pair]
    now, before = (sum(map(Fraction, side)) for side in zip(*both, strict=True)) if both else (0, 0)
    return (float(100 * (now - before) / before) if before > 0 else None), len(both)


def _keeps_scale(one: Series, own: Window, other: Window) -> bool:
    breaks = one.breaks(min(own[0], other[0]), own[1])
    return not (breaks["reset"] or breaks["restatement"] or breaks["relinked"])


def _has_change(one: Series, own: Window, other: Window) -> bool:
    if not _keeps_scale(one, own, other):
        return False
    if one.metric.kind == "flow":
        return one.is_covered(*own) and one.is_covered(*other)
    quoted = all(one.growth(*window, date.max)["status"] in PERCENT for window in (own, other))
    return quoted and one.anchored_days(*own) > 0 and one.anchored_days(*other) > 0


def _status_of_group(parts: dict[str, list], statuses: list[str], since: date, until: date, complete: date) -> str:
    same, restated = parts["same"], [row for _, row in parts["restated"]]
    if not same and restated:
        return first_that_holds(
            reset_in_window=any(row["reset_count"] for row in restated),
            restated_in_window=any(row["restatement_count"] for row in restated),
            relinked_in_window=any(row["relink_count"] for row in restated),
            unconfirmed_end=True,
        )
    if not same:
        return max(statuses, key=STATUSES.index)
    metric = same[0][0].metric
    if metric.kind == "flow":
        again = [(one, row) for one, row in same if row["previous_gained"] is not None]
        compared = [(one, row) for one, row in again if _has_pace(one, since, until)]
        base = sum(row["previous_gained"] for _, row in compared or again) if again else None
        if again and base > 0 and not compared:  # the one that comes closest says why
            return max(statuses, key=STATUSES.index)
    else:
        base = sum(row["start_value"] for _, row in same)
    expected = len(same) * expected_days(metric, since, until)
    return first_that_holds(
        no_base=base is None,
        zero_base=base is not None and base <= 0,
        low_coverage=Fraction(sum(one.covered_days(since, until) for one, _ in same), expected) < ENOUGH,
        low_base=base is not None and base < metric.min_base,
        partial_window=until > complete,
    )


def complete_through(series: Iterable[Series]) -> date:
    """Latest day on which nine of ten series had reported, of those expected then, and half as many as ever were.

    series: all of a platform; a series is expected on the 28 days after each of its sound observations.
    """
    expected, reported = Counter(), Counter()
    for one in series:
        days = [point.day.toordinal() for point in one.sound]
        alive = {day + later for day in days for later in range(29)}
        expected.update(alive)
        reported.update(day for day in alive if day <= days[-1])
    fullest = max(expected.values())
    days = [day for day, count in expected.items() if 10 * reported[day] >= 9 * count and 2 * count >= fullest]
    if not days:  # each series has days of its own: the day that comes nearest, of those with enough series
        full = [day for day, count in expected.items() if 2 * count >= fullest]
        days = [max(full, key=lambda day: (Fraction(reported[day], expected[day]), day))]
    return date.fromordinal(max(days))


def year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def dated(name: str, end: date) -> tuple[Window, Window, Window]:
    """A named window that ends on a day, the one that it is compared with, and that of the year before."""
    month = end.replace(day=1) - timedelta(1)  # the day before the first of the month
    year = date(end.year - 1, 12, 31)
    if name.endswith("days"):
        length = timedelta(int(name.split()[0]))
        return (end - length, end), (end - 2 * length, end - length), (year_earlier(end) - length, year_earlier(end))
    if name.startswith("month"):
        earlier = [month.replace(day=1), end.replace(year=end.year - 1, day=1)]
        return (month, end), *(_first_days(first, (end - month).days) for first in earlier)
    before = _first_days(date(end.year - 1, 1, 1), (end - year).days, whole_year=True)
    return (year, end), before, before


def _first_days(first: date, count: int, whole_year: bool = False) -> Window:
    """The first days of a month or of a year, at most all of them."""
    next_month = (first.replace(day=28) + timedelta(4)).replace(day=1)
    following = date(first.year + 1, 1, 1) if whole_year else next_month
    since = first - timedelta(1)
    return since, min(since + timedelta(count), following - timedelta(1))


def growth_window(one: Series, name: str, complete: date) -> dict[str, object]:
    """The columns of `growth_windows` of a series: those of `series_growth`, and what the window is compared with."""
    (since, until), before, year_before = dated(name, complete)
    row = one.growth(since, until, complete)
    sides = {
        ("previous", "previous_gained", "compared_gained", "period_change_pct"): before,
        ("year_before", "year_before_gained", "year_compared_gained", "year_change_pct"): year_before,
    }
    for (prefix, earlier_gained, compared_gained, percent), earlier in sides.items():
        # as many days of this window as the earlier one has
        compared = since, since + (earlier[1] - earlier[0])
        now, then = one.gained(*compared), one.gained(*earlier)
        comparable = one.is_comparable(*earlier)
        if one.metric.kind == "flow":
            comparable = one.is_covered(*compared) and one.is_covered(*earlier)
        # both windows on one scale, and so all days between them
        breaks = one.breaks(earlier[0], until)
        comparable = comparable and not (breaks["reset"] or breaks["restatement"] or breaks["relinked"])
        shown = row["growth_pct"] is not None and comparable
        change = pace_change(one, compared, earlier) if shown else None
        row |= {f"{prefix}_from_date": earlier[0], f"{prefix}_to_date": earlier[1]}
        row |= {earlier_gained: then, compared_gained: now, percent: change}
    return row
