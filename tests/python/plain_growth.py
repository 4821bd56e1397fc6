"""Growth by its definitions, calculated the slow way: every window reads all observations; nothing is carried along.

What the models are compared with, so nothing here is taken from them but the catalogue of metrics. Whole numbers only:
then every figure but a power is exact, or the one division that makes it is rounded once.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path

Points = list[tuple[date, int]]
PERCENT = ("ok", "low_base", "low_coverage", "partial_window")


@dataclass(frozen=True)
class Metric:
    """A line of the catalogue; ratios are None where the metric may do what they judge."""

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


@dataclass
class Series:
    """One metric of one subject; points by day, one a day."""

    metric: Metric
    points: Points
    released: date | None = None

    @cached_property
    def sound(self) -> Points:
        """The points without outliers."""
        return [point for place, point in enumerate(self.points) if not self._is_outlier(place)]

    def _is_outlier(self, place: int) -> bool:
        """Both neighbours contradict it: it leaps or dips as no counter can, or drops to about nothing, and is back."""
        (day, value), metric = self.points[place], self.metric
        before = [value for _, value in self.points[max(place - 3, 0) : place]][::-1]
        after = [value for _, value in self.points[place + 1 : place + 4]]
        if not before or not after:
            return False  # one neighbour cannot contradict
        low, high = before[0], after[0]
        if metric.nothing is not None and value <= metric.nothing * min(low, high) and abs(high - low) < high - value:
            return True
        if metric.correction is None:
            return False

        def fell(down_from: int, to: int) -> bool:
            return down_from - to > metric.correction * down_from

        # a leap lasts up to three observations; this one is its first, its middle or its last
        for left, right in ((1, 1), (1, 3), (2, 2), (3, 1)):
            old, new = min(before[:left]), min(after[:right])
            if fell(value, new) and not fell(old, new) and abs(new - old) < value - new:
                return True
        gaps = (day - self.points[place - 1][0]).days, (self.points[place + 1][0] - day).days
        return fell(min(before), value) and not fell(low, high) and max(gaps) <= metric.max_age

    def anchor(self, day: date) -> tuple[date, int] | None:
        """The last sound observation of that day or before, however old."""
        seen = [point for point in self.sound if point[0] <= day]
        return seen[-1] if seen else None

    def level(self, day: date) -> int | None:
        """The value as of a day; of a flow the sum so far; None where there is none or it is too old."""
        anchor = self.anchor(day)
        if not anchor or (day - anchor[0]).days > self.metric.max_age:
            return None
        return sum(value for at, value in self.sound if at <= day) if self.metric.kind == "flow" else anchor[1]

    def gained(self, since: date, until: date) -> int | None:
        """Sum of the rises in (since, until], of a flow of its values; None where an end is missing."""
        if self.level(since) is None or self.level(until) is None:
            return None
        if self.metric.kind == "flow":
            return sum(value for day, value in self.sound if since < day <= until)
        return sum(max(new - old, 0) for (_, old), (day, new) in pairwise(self.sound) if since < day <= until)

    def falls(self, since: date, until: date) -> tuple[int, int, int]:
        """Corrections, restatements and resets in (since, until]; only a counter has them."""
        counts = [0, 0, 0]
        for (_, old), (day, new) in pairwise(self.sound):
            if self.metric.kind == "counter" and since < day <= until and new < old:
                small, large = old - new < self.metric.correction * old, new < self.metric.reset * old
                counts[0 if small else 2 if large else 1] += 1
        return tuple(counts)

    def growth(self, since: date, until: date, complete: date) -> dict[str, object]:
        """The columns of `series_growth` that say something of the window (since, until]."""
        length = (until - since).days
        opening, closing = self.anchor(since), self.anchor(until)
        start, end = self.level(since), self.level(until)
        corrections, restatements, resets = self.falls(since, until)
        observed = sum(since < day <= until for day, _ in self.sound)
        expected = max(length // self.metric.cadence, 1)
        is_new = opening is None and self.released is not None and since < self.released <= until
        reasons = {
            "no_end": closing is None,
            "no_base": opening is None,
            "stale_end": end is None,
            "stale_base": start is None,
            "zero_base": start is not None and start <= 0,
            "reset_in_window": resets,
            "restated_in_window": restatements,
            "low_coverage": Fraction(observed, expected) < Fraction(8, 10),
            "low_base": start is not None and start < self.metric.min_base,
            "partial_window": until > complete,
            "ok": True,
        }
        status = next(reason for reason, holds in reasons.items() if holds)
        base = 0 if is_new and self.metric.kind in ("counter", "flow") else start
        growth = None if end is None or base is None else end - base
        gained, before = self.gained(since, until), self.gained(since - timedelta(length), since)
        return {
            "from_date": since,
            "to_date": until,
            "start_value": start,
            "start_observed_date": opening and opening[0],
            "start_age_days": opening and (since - opening[0]).days,
            "end_value": end,
            "end_observed_date": closing and closing[0],
            "end_age_days": closing and (until - closing[0]).days,
            "growth": growth,
            "growth_pct": 100 * growth / start if status in PERCENT else None,
            "gained": gained,
            "previous_gained": before,
            "period_change_pct": 100 * (gained - before) / before if before and status in PERCENT else None,
            "daily_rate_pct": 100 * ((end / start) ** (1 / length) - 1) if status in PERCENT and end >= 0 else None,
            "observed_days": observed,
            "expected_days": expected,
            "coverage_ratio": min(observed / expected, 1),
            "correction_count": corrections,
            "restatement_count": restatements,
            "reset_count": resets,
            "is_new": is_new,
            "status": status,
        }

    def average(self, since: date, until: date) -> float | None:
        """The average day of (since, until] up to its last observation: what it gained, or where the value stood.

        Days before the first observation do not count; None where the window opens in a silence.
        """
        opening, closing = self.anchor(since), self.anchor(until)
        if opening and self.level(since) is None:
            return None
        if self.metric.kind in ("counter", "flow"):
            inside = [(old, new) for (_, old), (day, new) in pairwise([(None, 0), *self.sound]) if since < day <= until]
            if self.metric.kind == "flow":
                begin = opening[0] if opening else self.sound[0][0] - timedelta(1)
                gained = sum(new for _, new in inside)
            else:
                begin = opening[0] if opening else self.sound[0][0]
                gained = sum(max(new - old, 0) for old, new in (inside if opening else inside[1:]))
            return gained / (closing[0] - begin).days if closing[0] > begin else None
        begin = since + timedelta(1) if opening else self.sound[0][0]
        days = [begin + timedelta(number) for number in range((closing[0] - begin).days + 1)]
        return sum(self.anchor(day)[1] for day in days) / len(days)


def complete_through(spans: list[tuple[date, date]]) -> date:
    """Latest day on which nine of ten series had reported, of those begun by then and alive in the last four weeks.

    spans: first and last observed day of every series of a platform.
    """
    last = max(end for _, end in spans)
    alive = [(first, end) for first, end in spans if (last - end).days <= 28]
    day = last
    while True:
        begun = [end for first, end in alive if first <= day]
        if begun and 10 * sum(end >= day for end in begun) >= 9 * len(begun):
            return day
        day -= timedelta(1)
