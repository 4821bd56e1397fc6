"""What a week knows of the course before it, for all series at once: what the regressions of forecasts learn from."""

from dataclasses import dataclass

import numpy as np

YEAR, YOUTH, SPREAD_WEEKS = 52, 13, 26  # weeks
LARGEST = np.log(2.0**53)  # up to which a double holds every whole number
TREND, YOUNG = 3, 5  # places among the features


@dataclass(frozen=True)
class Courses:
    """A panel on the scale of the regressions.

    y: [series, weeks] in units of the series; x: the same, as log(1 + y) unless it is an index.
    features: [series, weeks, features]. spread: the mean absolute change from week to week, of half a year.
    """

    x: np.ndarray
    y: np.ndarray
    features: np.ndarray
    spread: np.ndarray
    logs: bool
    adds: bool

    def units(self, x: np.ndarray) -> np.ndarray:
        """From the scale of the regressions back to units of the series; what is counted is never below zero."""
        return np.maximum(np.expm1(np.minimum(x, LARGEST)), 0) if self.logs else x

    def ahead(self, horizon: int, *, reach: bool) -> np.ndarray:
        """How far what comes lies from each week: [series, weeks], nan if not known.

        What comes is the week so far ahead; with `reach` the mean week until then if weeks add up, else the largest.
        """
        if horizon >= self.x.shape[1]:
            return np.full_like(self.x, np.nan)
        came = np.full_like(self.x, np.nan)
        parts = [self.y[:, k : self.y.shape[1] - horizon + k] for k in range(1, horizon + 1)]
        found = parts[-1] if not reach else np.mean(parts, axis=0) if self.adds else np.max(parts, axis=0)
        came[:, :-horizon] = np.log1p(found) if self.logs else found
        return came - self.x

    def season(self, horizon: int) -> np.ndarray:
        """What the same weeks brought a year before, 0 if not known: [series, weeks]."""
        return np.nan_to_num(before(self.x, YEAR - horizon) - before(self.x, YEAR))


def courses(values: np.ndarray, ages: np.ndarray, kind: str) -> Courses:
    """What is known of each week of a panel: `values` [series, weeks], `ages` in weeks at the newest one."""
    logs = kind != "index"
    y = np.where(values >= 0, values, np.nan) if logs else values
    x = np.log1p(y) if logs else y
    change = x - before(x, 1)
    month = trailing(x, 4, 3)
    trend = month - before(month, 4)
    age = np.maximum(ages[:, None] + np.arange(1 - x.shape[1], 1), 0)
    known = np.isfinite(age)
    age = np.where(known, age, 0)
    young = np.where(known, np.exp(-age / YOUTH), 0)
    one, old = np.ones_like(x), np.log1p(age)
    columns = (one, x - month, change, trend, before(trend, 1), young, young * trend, old, known.astype(float))
    spread = trailing(np.abs(change), SPREAD_WEEKS, 4)
    return Courses(x, y, np.stack(columns, axis=2), spread, logs, kind in ("counter", "flow"))


def trailing(x: np.ndarray, weeks: int, least: int) -> np.ndarray:
    """The mean of the last weeks, this one included; nan if fewer than `least` of them are known."""
    known = np.isfinite(x)
    total, count = np.cumsum(np.where(known, x, 0), axis=1), np.cumsum(known, axis=1)
    total[:, weeks:], count[:, weeks:] = total[:, weeks:] - total[:, :-weeks], count[:, weeks:] - count[:, :-weeks]
    return np.where(count >= least, total / np.maximum(count, 1), np.nan)


def before(x: np.ndarray, weeks: int) -> np.ndarray:
    """The value so many weeks before each week, nan if there is none."""
    moved = np.full_like(x, np.nan)
    if weeks < x.shape[1]:
        moved[:, weeks:] = x[:, : x.shape[1] - weeks]
    return moved
