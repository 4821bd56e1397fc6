"""The day on which a series is expected to reach its next milestone, from its forecast and with its interval.

What is counted until a week is at or above a threshold if, and only if, the threshold is reached by then. So the ends
of the interval of the day are where the upper and the lower end of the forecast reach it, with the same share.
"""

from dataclasses import dataclass

import numpy as np

from crescendo.analysis.insights.forecast import OK, Forecasts

STEPS = (1, 2, 5)  # times a power of ten, as insights.milestones has them
KINDS = ("counter", "gauge")
LATER = "beyond_horizon"


@dataclass(frozen=True)
class Expected:
    """The next milestone of each series: its threshold, nan if the series has no newest value.

    weeks: [series, 3], from the newest value until the upper end, the middle and the lower end of the forecast reach
    it, inf if that is later than the last horizon. status: 'ok' if the middle does, else why there is no day.
    """

    threshold: np.ndarray
    weeks: np.ndarray
    status: np.ndarray


def next_threshold(last: np.ndarray, min_base: float) -> np.ndarray:
    """The smallest 1, 2 or 5 times a power of ten above each value, and not below the metric's least base."""
    value = np.maximum(np.nan_to_num(last), max(min_base, 1) * (1 - 1e-12))
    power = 10.0 ** np.floor(np.log10(value))
    candidates = np.stack([power * step for step in (*STEPS, 10)], axis=-1)
    above = np.where(candidates > value[..., None], candidates, np.inf).min(axis=-1)
    return np.where(np.isfinite(last), np.round(above), np.nan)


def expected(made: Forecasts, last: np.ndarray, kind: str, min_base: float) -> Expected:
    """When the next milestone is expected, for the series of a panel whose newest values are `last`."""
    threshold = next_threshold(last, min_base)
    start = last if kind == "gauge" else np.zeros_like(last)
    need = threshold - (0 if kind == "gauge" else last)
    # the upper end is there first
    weeks = np.stack([reached(made.horizons, start, made.reach[:, end], need) for end in (2, 1, 0)], axis=1)
    status = made.status.copy()
    status[(status == OK) & ~np.isfinite(weeks[:, 1])] = LATER
    return Expected(threshold, np.where((status == OK)[:, None], weeks, np.nan), status)


def reached(horizons: np.ndarray, start: np.ndarray, course: np.ndarray, need: np.ndarray) -> np.ndarray:
    """Weeks until a course from `start` first reaches what it needs, inf if never; a line between horizons."""
    weeks = np.concatenate([[0], horizons])
    levels = np.maximum.accumulate(np.concatenate([start[:, None], course], axis=1), axis=1)
    there = levels >= need[:, None]
    place = np.where(there.any(axis=1), there.argmax(axis=1), 0)
    row, earlier = np.arange(len(need)), np.maximum(place - 1, 0)
    low, high = levels[row, earlier], levels[row, place]
    share = np.where(high > low, (need - low) / np.where(high > low, high - low, 1), 0)
    found = weeks[earlier] + share * (weeks[place] - weeks[earlier])
    return np.where(there.any(axis=1), found, np.inf)


def days(weeks: np.ndarray) -> np.ndarray:
    """From weeks to whole days after the newest value, [series, 3], inf if never: a day lasts until its value is read.

    The ends are rounded so that whole days cover what the weeks did, on the average.
    """
    middle = np.ceil(7 * weeks[:, 1])
    low, high = np.minimum(np.round(7 * weeks[:, 0]) + 1, middle), np.maximum(np.round(7 * weeks[:, 2]), middle)
    return np.stack([low, middle, high], axis=1)
