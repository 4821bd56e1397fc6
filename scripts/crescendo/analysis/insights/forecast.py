"""Forecasts of weeks from what all series of a metric have in common, with intervals measured in a backtest.

For each horizon one robust regression over all series (a global model: Montero-Manso & Hyndman 2021) says how far what
comes lies from the newest week. Intervals are conformal: quantiles of the backtest's errors, in units of the error that
the series lets expect (Lei et al. 2018). A forecast is shown where it beat the seasonal naive one in the backtest.
`docs/insights.md` has the formulas and what they reached.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.tools.sm_exceptions import SingularMatrixWarning

from crescendo.analysis.insights.courses import TREND, YEAR, YOUNG, Courses, before, courses, trailing

LEVEL = 0.8  # of an interval
STEPS = np.array((1, 2, 3, 4, 6, 8, 10, 13))  # horizons, in weeks
WIDENED = np.arange(LEVEL, 0.97, 0.01)  # shares of the backtest's errors that may be between the ends
LEAST_WEEKS = 20  # with which a series can be judged
MOST_ROWS, LEAST_ROWS = 20_000, 100  # that a regression learns from
MOST_ORIGINS, LEAST_ERRORS = 13, 60
LEAST_JUDGED, SURE = 10, 0.05  # series of a group that is tried as a whole, and how sure its verdict has to be
ENOUGH_ERRORS = 500  # for an interval of an age group of its own
MONTHS, WEEKS_A_MONTH = (36, 72), 365.25 / 12 / 7
AGE_GROUPS = ("recent", "catalogue", "deep_catalogue", "unknown")

OK, NOT_BETTER, SHORT, SILENT, UNCHANGED, SMALL, FEW = (
    "ok", "not_better", "too_short", "silent", "unchanged", "low_base", "too_few_series",
)  # fmt: skip


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of a panel. A series has one if its status is 'ok'.

    week: [series, 3, horizons], lower end, middle and upper end of the value of that week.
    reach: the same of what is counted until then: the sum of what adds up, else the largest value.
    model_error, naive_error: [series, origins, horizons], absolute errors of the backtest in units of the mean
    absolute change from week to week before it. held: [series, origins, horizons], 1 if an interval made of other
    origins held, 0 if not, nan if not tried. groups: the age group of each series.
    """

    horizons: np.ndarray
    week: np.ndarray
    reach: np.ndarray
    status: np.ndarray
    groups: np.ndarray
    model_error: np.ndarray
    naive_error: np.ndarray
    held: np.ndarray

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """The mean scaled error of each series, of the model and of the seasonal naive forecast."""
        return mean_known(self.model_error, (1, 2)), mean_known(self.naive_error, (1, 2))


@dataclass(frozen=True)
class _Fit:
    """What was learned for a horizon: the expected distance, and the logarithm of the error to expect."""

    distance: np.ndarray
    error: np.ndarray

    def expected(self, features: np.ndarray) -> np.ndarray:
        return features @ self.distance

    def scale(self, features: np.ndarray, spread: np.ndarray) -> np.ndarray:
        return np.exp(_about_errors(features, spread) @ self.error)


@dataclass(frozen=True)
class _Plan:
    """How far a panel lets forecasts look, and from which weeks the backtest tries them."""

    weeks: int
    horizons: np.ndarray
    origins: int

    @property
    def known(self) -> int:
        """The last week that the backtest's regressions know."""
        return self.weeks - 1 - int(self.horizons[-1]) - self.origins

    def at(self, horizon: int) -> np.ndarray:
        """The weeks from which the backtest looks so far ahead, the oldest first."""
        return np.arange(self.weeks - horizon - self.origins, self.weeks - horizon)


def age_groups(ages: np.ndarray) -> np.ndarray:
    """The group of each age in weeks: 0 to 36 months, to 72, more, unknown."""
    months = np.nan_to_num(ages / WEEKS_A_MONTH, nan=-1)
    index = np.select([months < 0, months < MONTHS[0], months < MONTHS[1]], [3, 0, 1], 2)
    return np.array(AGE_GROUPS)[index]


def forecast(values: np.ndarray, ages: np.ndarray, kind: str, min_base: float = 0, seed: int = 0) -> Forecasts:
    """Forecast the weeks after a panel.

    values: [series, weeks], nan if not known; ages: weeks since the subject began, nan if not known; kind: that of
    the metric; min_base: below this mean of the last month a counted series is too small to be worth it.
    """
    given, generator = courses(values, ages, kind), np.random.default_rng(seed)
    plan, groups = _plan(values), age_groups(ages)
    status = _status(given, plan, min_base)
    shape = (len(values), plan.origins, len(plan.horizons))
    model, naive, held = (np.full(shape, np.nan) for _ in range(3))
    week, reach = (np.full((len(values), 3, len(plan.horizons)), np.nan) for _ in range(2))
    scale = _scale(given, plan)
    for place, horizon in enumerate(plan.horizons):
        for box, wanted in ((week, False), (reach, True)):
            tried = _tried(given, plan, int(horizon), wanted, groups, generator)
            if tried is None:
                status[status == OK] = FEW
                continue
            box[:, :, place] = tried.ends * (horizon if wanted and given.adds else 1)
            if not wanted:
                held[:, :, place] = tried.held
                model[:, :, place] = np.abs(tried.middle - _came(given, plan, horizon)) / scale
    for place, horizon in enumerate(plan.horizons):
        naive[:, :, place] = np.abs(_naive(given, plan, int(horizon)) - _came(given, plan, horizon)) / scale
    made = Forecasts(plan.horizons, week, reach, status, groups, model, naive, held)
    status[(status == OK) & ~_beats(made)] = NOT_BETTER
    _leave_out(made)
    return made


def _leave_out(made: Forecasts) -> None:
    """Show no week of a horizon at which the naive forecasts of an age group are as good."""
    for group in AGE_GROUPS:
        own = made.groups == group
        judged = own & np.isin(made.status, (OK, NOT_BETTER))
        for place in range(len(made.horizons)):
            difference = (made.model_error - made.naive_error)[judged, :, place]
            if not (np.isfinite(difference).any() and np.nanmean(difference) < 0):
                made.week[own, :, place] = np.nan


def _beats(made: Forecasts) -> np.ndarray:
    """Whether a series' forecast beat the naive one, and that of its age group did so beyond doubt.

    One series may win by luck. So its group has to win, too: by the mean, and by Wilcoxon's signed ranks.
    """
    model, naive = made.errors()
    better = model < naive
    judged = np.isfinite(model) & np.isfinite(naive) & (made.status == OK)
    for group in AGE_GROUPS:
        own = made.groups == group
        tried = judged & own if (judged & own).sum() >= LEAST_JUDGED else judged
        difference = (model - naive)[tried]
        sure = len(difference) >= LEAST_JUDGED and stats.wilcoxon(difference, alternative="less").pvalue < SURE
        if not (sure and difference.mean() < 0):
            better[own] = False
    return better


def _plan(values: np.ndarray) -> _Plan:
    typical = int(np.quantile(np.isfinite(values).sum(axis=1), 0.9)) if len(values) else 0
    reachable = STEPS[typical // 4 >= STEPS]
    horizons = reachable if len(reachable) else STEPS[:1]
    return _Plan(values.shape[1], horizons, max(1, min(MOST_ORIGINS, typical // 4)))


def _status(given: Courses, plan: _Plan, min_base: float) -> np.ndarray:
    """Why a series has no forecast, as far as it can be told before it is tried."""
    recent = trailing(given.y, 4, 1)[:, -1]
    length = np.isfinite(given.y).sum(axis=1)
    unchanged = ~(_scale(given, plan)[:, 0] > 0) | ~(given.spread[:, -1] > 0)
    status = np.full(len(given.y), OK, dtype=object)
    # the first that holds is written last
    status[(recent < min_base) & given.logs] = SMALL
    status[unchanged] = UNCHANGED
    status[(length < LEAST_WEEKS) | ~np.isfinite(given.features[:, -1]).all(axis=1)] = SHORT
    status[~np.isfinite(given.y[:, -1])] = SILENT
    return status


def _scale(given: Courses, plan: _Plan) -> np.ndarray:
    """The mean absolute change from week to week before the backtest: [series, 1], nan if not known."""
    change = np.abs(given.y - before(given.y, 1))
    scale = trailing(change, given.y.shape[1], 4)[:, max(plan.known, 0), None]
    return np.where(scale > 0, scale, np.nan)


def _came(given: Courses, plan: _Plan, horizon: int) -> np.ndarray:
    return given.y[:, plan.at(int(horizon)) + int(horizon)]


def _naive(given: Courses, plan: _Plan, horizon: int) -> np.ndarray:
    """The seasonal naive forecast: the newest week or, where that had the smaller error, the week a year earlier.

    Of days it is the same weekday a week before; the sum of seven such days is the newest week.
    """
    at = plan.at(horizon)
    week, year = given.y[:, at], before(given.y, YEAR)[:, at + horizon]
    came = given.y[:, at + horizon]
    better = mean_known(np.abs(year - came), (1,)) < mean_known(np.abs(week - came), (1,))
    whole = np.isfinite(year).sum(axis=1) == np.isfinite(week).sum(axis=1)
    return np.where((better & whole)[:, None], year, week)


def mean_known(values: np.ndarray, axis: tuple[int, ...]) -> np.ndarray:
    """The mean of what is known, nan if nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    return np.where(count, np.where(known, values, 0).sum(axis=axis) / np.maximum(count, 1), np.nan)


@dataclass(frozen=True)
class _Tried:
    """A horizon: the ends and the middle from the newest week, the middles of the backtest and whether ends held."""

    ends: np.ndarray
    middle: np.ndarray
    held: np.ndarray


def _tried(
    given: Courses, plan: _Plan, horizon: int, reach: bool, groups: np.ndarray, generator: np.random.Generator
) -> _Tried | None:
    """Forecast a horizon from all weeks, and from the backtest's; None if there is too little to learn from."""
    target = given.ahead(horizon, reach=reach)
    features = np.concatenate([given.features, given.season(horizon)[:, :, None]], axis=2)
    past = _fitted(given, features, target, plan.known - horizon, generator)
    now = _fitted(given, features, target, plan.weeks - 1 - horizon, generator)
    if past is None or now is None:
        return None
    at = plan.at(horizon)
    expected = past.expected(features[:, at])
    errors = (target[:, at] - expected) / past.scale(features[:, at], given.spread[:, at])
    if np.isfinite(errors).sum() < LEAST_ERRORS:
        return None
    level, held = _held(errors, groups)
    low, high = _quantiles(errors, groups, level)
    middle = given.x[:, -1] + now.expected(features[:, -1])
    scale = now.scale(features[:, -1], given.spread[:, -1])
    ends = np.stack([middle + low * scale, middle, middle + high * scale], axis=1)
    return _Tried(given.units(ends), given.units(given.x[:, at] + expected), held)


def _fitted(
    given: Courses, features: np.ndarray, target: np.ndarray, until: int, generator: np.random.Generator
) -> _Fit | None:
    """Learn from the weeks up to `until`; None if they are too few."""
    usable = np.isfinite(target) & np.isfinite(features).all(axis=2) & (given.spread > 0)
    usable[:, max(until + 1, 0) :] = False
    rows = np.flatnonzero(usable)
    if len(rows) < LEAST_ROWS:
        return None
    if len(rows) > MOST_ROWS:
        rows = np.sort(generator.choice(rows, MOST_ROWS, replace=False))
    chosen, spread = features.reshape(-1, features.shape[2])[rows], given.spread.ravel()[rows]
    wanted = target.ravel()[rows]
    with warnings.catch_warnings():
        # what does not vary in this panel, as the season of a year, shares its weight with the intercept
        warnings.simplefilter("ignore", SingularMatrixWarning)
        # in units of its spread, an erratic series weighs as much as a calm one
        distance = sm.RLM(wanted / spread, chosen / spread[:, None]).fit(maxiter=15).params
        missed = np.abs(wanted - chosen @ distance)
        floor = 0.05 * np.median(missed) + 1e-9  # one that was hit by chance would have the logarithm of nothing
        return _Fit(distance, sm.OLS(np.log(missed + floor), _about_errors(chosen, spread)).fit().params)


def _about_errors(features: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """What the size of an error depends on: how erratic the series is, whether it moves, and whether it is young."""
    size = np.log(np.maximum(spread, 1e-9))
    moving = np.log(np.maximum(spread, 1e-9) + np.abs(features[..., TREND]))
    return np.stack([np.ones_like(size), size, moving, features[..., YOUNG]], axis=-1)


def _held(errors: np.ndarray, groups: np.ndarray) -> tuple[float, np.ndarray]:
    """The share of errors to put between the ends so that LEVEL of those of other weeks lie there, and which did.

    What moves all series at once moves the errors of one time alike. So each half of the origins judges ends made of
    the other half, and the share is raised until they hold.
    """
    halves, held = np.array_split(np.arange(errors.shape[1]), 2), np.full_like(errors, np.nan)
    known = np.isfinite(errors)
    for level in WIDENED:
        for own, other in (halves, halves[::-1]):
            if known[:, own].any() and known[:, other].any():
                low, high = _quantiles(errors[:, other], groups, level)
                held[:, own] = (errors[:, own] >= low[:, None]) & (errors[:, own] <= high[:, None])
        held[~known] = np.nan
        if not np.isfinite(held).any() or np.nanmean(held) >= LEVEL:
            break
    return float(level), held


def _quantiles(errors: np.ndarray, groups: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The errors between which an interval's share lies, by series: of its age group if that has enough."""
    levels = (1 - level) / 2, (1 + level) / 2
    known = np.isfinite(errors)
    low, high = (np.full(len(groups), end) for end in np.quantile(errors[known], levels))
    for group in np.unique(groups):
        own = groups == group
        if known[own].sum() >= ENOUGH_ERRORS:
            low[own], high[own] = np.quantile(errors[own][known[own]], levels)
    return low, high
