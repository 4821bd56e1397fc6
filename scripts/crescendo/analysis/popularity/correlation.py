"""What moves with popularity, and how sure one may be: the statistics, on plain arrays.

Two questions, two designs, never mixed:

- *Across songs*, one row per song at one week: rank correlation (and Pearson on logs) of the score with a
  variable, alone or with others held fixed. Songs of one artist are no independent witnesses, so the artist
  is the unit of the standard error (delete-one-artist jackknife).
- *Over time*, weekly changes within each song: what all songs do in a week is taken out, both series go
  through the autoregression of the variable (Box and Jenkins), and the changes are correlated at lags of -8
  to +8 weeks. Each song has its effective number of points (Bartlett); songs are averaged within artists,
  and artists in a random-effects summary (Paule and Mandel, standard error of Hartung and Knapp). Songs
  times weeks are never independent rows.

The p-values over time come from circular shifts: one series is turned against the other, for all songs
together, which keeps everything but the link between the two. Intervals are Fisher's z with effective
points and not block bootstraps, because those cover 86 to 94 % at 90 weeks where 95 is meant:
`tests/python/test_correlation.py` measures both.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.meta_analysis import CombineResults, combine_effects

LAGS = range(-8, 9)  # weeks; positive: the variable moves first
AR_ORDER = 8  # as far back as the lags look, or a memory of the variable would pass for a lead of the score
BORROW = 0.5  # of the memory of a song, from all songs
MIN_EFFECTIVE = 30  # 80 % power for a correlation of 0.5
MIN_WEEKS = 12  # a song with fewer pairs of weeks says nothing about lags
MIN_SONGS = 20  # in a week; below, their mean is not the market's but their own
MIN_ARTISTS = 10  # below, their spread is not an estimate: songs are the witnesses, and the result says so
MIN_SHIFTS = 10  # below, they show no spread
LEVEL = 0.05
MIN_ESTIMATE = 0.1  # below, under 1 % of the variation goes together: too little to matter, however sure
ROUNDING = 1e-12  # of a number's size: less is the error of a difference of logs, not variation
TOLD = 1e-7  # of a column's spread: if the others leave less of it, they tell it
PERFECT = 1 - 1e-12
NOTHING = {"n_effective": 0.0, "units": 0}
_Z_MAX = np.arctanh(0.999)  # one perfect song must not outweigh all others


def correlate(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pearson correlation of each row of x with the same row of y over the columns known in both.

    x, y: [rows, columns], nan if unknown. Returns r [rows], nan if a side does not vary, and the
    number of pairs [rows].
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = (_scaled(_centred(np.where(both, side, np.nan))) for side in (x, y))
    size = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    r = np.divide((x * y).sum(axis=1), size, out=np.full(len(x), np.nan), where=size > 0)
    return np.clip(r, -1, 1), both.sum(axis=1)


def _centred(x: np.ndarray) -> np.ndarray:
    """Rows less their mean, zero where unknown; a row that varies by rounding only is zero throughout."""
    known = ~np.isnan(x)
    share = np.where(known, x / np.maximum(known.sum(axis=1, keepdims=True), 1), 0)  # no sum of huge numbers overflows
    centred = np.where(known, x - share.sum(axis=1, keepdims=True), 0)
    size = np.abs(np.where(known, x, 0)).max(axis=1, initial=0, keepdims=True)
    varies = np.abs(centred).max(axis=1, initial=0, keepdims=True) > ROUNDING * size
    return np.where(varies, centred, 0)


def _scaled(x: np.ndarray) -> np.ndarray:
    """Rows with 1 as their largest size: squares of huge and of tiny numbers are no numbers any more."""
    size = np.abs(x).max(axis=1, initial=0, keepdims=True)
    return np.divide(x, size, out=np.zeros_like(x), where=size > 0)


def autocorrelation(x: np.ndarray, lags: int) -> np.ndarray:
    """Autocorrelation of each row at lags 0 to `lags`, tapered by (1 - k/n), gaps left out; [rows, lags + 1].

    Of a row that does not vary it is 0 at every lag but 0.
    """
    known, filled = ~np.isnan(x), _scaled(_centred(x))
    n = np.maximum(known.sum(axis=1), 1)
    variance = (filled**2).sum(axis=1)
    variance = np.where(variance > 0, variance, 1)
    columns = [np.ones(len(x))]
    for k in range(1, lags + 1):
        pairs = np.maximum((known[:, k:] & known[:, :-k]).sum(axis=1), 1)
        product = (filled[:, k:] * filled[:, :-k]).sum(axis=1)
        columns.append(product / pairs * n / variance * np.maximum(1 - k / n, 0))
    return np.stack(columns, axis=1)


def whiten(
    x: np.ndarray, y: np.ndarray, order: int = AR_ORDER, borrow: float = BORROW
) -> tuple[np.ndarray, np.ndarray]:
    """Both series through the autoregression of x (Yule-Walker): what x's own past does not foretell.

    One filter for both keeps the lags of a link where they are. It is fitted row by row, to the row's
    autocorrelation and, by the share `borrow`, to the mean of all rows: a year of weeks alone would be fitted too
    closely. An unknown week of the past counts as an average one. Returns two [rows, columns - order].
    """
    rho = autocorrelation(x, order)
    known = np.maximum((~np.isnan(x)).sum(axis=1), 1e-9)
    rho = (1 - borrow) * rho + borrow * np.average(rho, axis=0, weights=known)
    toeplitz = rho[:, np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    weights = np.linalg.solve(toeplitz + 1e-9 * np.eye(order), rho[:, 1:, None])[:, :, 0]
    end, past = x.shape[1], [_centred(side) for side in (x, y)]
    return tuple(
        side[:, order:] - sum(weights[:, [k - 1]] * old[:, order - k : end - k] for k in range(1, order + 1))
        for side, old in zip((x, y), past, strict=True)
    )


@dataclass(frozen=True)
class Songs:
    """Each song's link at each lag, on Fisher's z scale.

    r, z, variance, effective (points): [songs, lags]; null: [songs, shifts], the z of the same song with its
    score turned against the variable by every shift beyond the lags. nan if fewer than MIN_WEEKS pairs
    are known or a side does not vary. z counts an r beyond 0.999 as 0.999.
    """

    lags: tuple[int, ...]
    r: np.ndarray
    z: np.ndarray
    variance: np.ndarray
    effective: np.ndarray
    null: np.ndarray

    @property
    def p(self) -> np.ndarray:
        """p-value of each song and lag by its own shifts; [songs, lags].

        The spread of the turned z with the tail of Student's t, and not their rank, which could not fall
        below one over the number of shifts and so would never pass a correction for many tests.
        """
        shifts = (~np.isnan(self.null)).sum(axis=1)
        spread = np.sqrt(np.nansum(self.null**2, axis=1) / np.maximum(shifts, 1))
        return 2 * stats.t.sf(np.abs(self.z) / np.maximum(spread, 1e-12)[:, None], np.maximum(shifts, 1)[:, None])


def songs_over_time(
    x: np.ndarray, y: np.ndarray, *, ranks: bool, lags: Iterable[int] = LAGS, borrow: float = BORROW
) -> Songs:
    """The link between two series of weekly changes, song by song.

    x, y: [songs, weeks] changes of the variable and of the score, nan if unknown; ranks: Spearman, else
    Pearson.

    The variance is Bartlett's: points shrink with the products of the two autocorrelations, and where there
    is a link the autocorrelation of either side widens it; ranks cost (1 + r^2 / 2) more (Bonett and Wright
    2000).
    """
    x, y = whiten(x, y, borrow=borrow)
    if ranks:
        x, y = (pd.DataFrame(side).rank(axis=1).to_numpy() for side in (x, y))
    depth = min(x.shape[1] // 5, 12)
    rho_x, rho_y = (autocorrelation(side, depth)[:, 1:] for side in (x, y))
    shrink = np.maximum(1 + 2 * (rho_x * rho_y).sum(axis=1), 1)
    n = np.maximum((~(np.isnan(x) | np.isnan(y))).sum(axis=1), 1)
    memory = np.maximum((rho_x**2 + rho_y**2 - 2 / n[:, None]).sum(axis=1), 0)
    lags, (weeks, widest) = tuple(lags), (x.shape[1], max(LAGS))
    r, pairs = zip(*(_known_pairs(*_aligned(x, y, lag)) for lag in lags), strict=True)
    r, effective = np.stack(r, axis=1), np.stack(pairs, axis=1) / shrink[:, None]
    widen = (1 + r**2 / 2 if ranks else 1) * (1 + r**2 * memory[:, None])
    turned = [_known_pairs(x, np.roll(y, shift, axis=1))[0] for shift in range(widest + 1, weeks - widest)]
    null = np.stack(turned, axis=1) if turned else np.empty((len(x), 0))
    return Songs(lags, r, _z(r), widen / np.maximum(effective - 3, 1), effective, _z(null))


def _known_pairs(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r, pairs = correlate(x, y)
    return np.where(pairs >= MIN_WEEKS, r, np.nan), pairs


def _aligned(x: np.ndarray, y: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    weeks = x.shape[1]
    return x[:, max(-lag, 0) : weeks - max(lag, 0)], y[:, max(lag, 0) : weeks - max(-lag, 0)]


def _z(r: np.ndarray) -> np.ndarray:
    return np.clip(_fisher(r), -_Z_MAX, _Z_MAX)


def _fisher(r: np.ndarray) -> np.ndarray:
    """Fisher's z, infinite for a perfect correlation."""
    with np.errstate(divide="ignore"):
        return np.arctanh(np.where(np.abs(r) > PERFECT, np.sign(r), r))


def without_the_market(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes less the mean change of all songs in that week; weeks with fewer than MIN_SONGS are dropped.

    A season or a change of the platform's rule moves every song at once and would link any two of their
    numbers.
    """
    weeks = (~(np.isnan(x) | np.isnan(y))).sum(axis=0) >= MIN_SONGS
    # by columns, so that a week in which all songs agree leaves nothing, and not the rounding of a mean
    x, y = (np.where(np.isnan(side), np.nan, _centred(side.T).T) for side in (x[:, weeks], y[:, weeks]))
    return x, y


def over_time(
    x: np.ndarray, y: np.ndarray, artists: np.ndarray, *, ranks: bool, lags: Iterable[int] = LAGS
) -> pd.DataFrame:
    """The link between weekly changes over all songs, one row per lag.

    x, y: [songs, weeks] weekly changes of the variable and of the score, nan if unknown; artists:
    [songs] any labels. Columns: lag, estimate, low, high, error (of the estimate, on Fisher's z scale), p, n
    (effective points of all songs), n_effective (what the interval is worth), units, unit, i2 (share of the
    variance that lies between units), without_one_low, without_one_high (estimate without any one unit),
    reason (why numbers are missing: `too_few`, `no_variation`, or `perfect`, if every song's link is).
    """
    lags = tuple(lags)
    if len(x) >= MIN_SONGS:
        x, y = without_the_market(x, y)
    seen = np.flatnonzero((~(np.isnan(x) | np.isnan(y))).any(axis=0))
    x, y = (side[:, seen.min() : seen.max() + 1] if len(seen) else side[:, :0] for side in (x, y))
    if len(seen) < MIN_EFFECTIVE:
        return pd.DataFrame([{"lag": lag, "n": 0} | NOTHING | {"reason": "too_few"} for lag in lags])
    songs, (unit, codes) = songs_over_time(x, y, ranks=ranks, lags=lags), witnesses(artists)
    rows = [
        {"lag": lag, "unit": unit, "n": int(songs.effective[~np.isnan(songs.z[:, k]), k].sum())}
        | _over_units(songs, k, codes)
        for k, lag in enumerate(lags)
    ]
    return pd.DataFrame(rows)


def witnesses(artists: np.ndarray) -> tuple[str, np.ndarray]:
    """What counts as one independent witness, and the number of each song's: the artist, or the song of few artists."""
    codes = _numbers(artists)
    few = len(np.unique(codes)) < MIN_ARTISTS
    return ("song", np.arange(len(codes))) if few else ("artist", codes)


def _numbers(artists: np.ndarray) -> np.ndarray:
    """Artists numbered from 0; songs of unknown artists are taken for those of one."""
    return pd.factorize(np.asarray(artists, dtype=object), use_na_sentinel=False)[0]


def _over_units(songs: Songs, k: int, codes: np.ndarray) -> dict:
    """The summary of one lag over units, with the keys of `over_time`."""
    known = ~np.isnan(songs.z[:, k])
    if not known.any():
        enough = (songs.effective[:, k] >= MIN_WEEKS).any()
        return NOTHING | {"reason": "no_variation" if enough else "too_few"}
    found = _of_units(songs, k, codes) if len(np.unique(codes[known])) > 1 else _of_song(songs, k, known.argmax())
    r = songs.r[known, k]
    if "estimate" in found and (np.abs(r) > PERFECT).all() and abs(np.sign(r).sum()) == len(r):
        return {key: found[key] for key in ("p", "n_effective", "units")} | _perfect(r[0])
    return found


def _of_song(songs: Songs, k: int, song: int) -> dict:
    """The link of the only song there is."""
    if (~np.isnan(songs.null[song])).sum() < MIN_SHIFTS:
        return NOTHING | {"reason": "too_few"}
    error = np.sqrt(songs.variance[song, k])
    return interval(songs.z[song, k], error, stats.norm.isf(LEVEL / 2)) | {
        "p": songs.p[song, k],
        "n_effective": songs.effective[song, k],
        "units": 1,
    }


def _of_units(songs: Songs, k: int, codes: np.ndarray) -> dict:
    """The random-effects summary of two units or more."""
    unit_z, unit_variance = by_unit(songs.z[:, k], songs.variance[:, k], codes)
    known = ~np.isnan(unit_z)
    fit = random_effects(unit_z[known], unit_variance[known])
    mean, share = fit.mean_effect_re, np.zeros(len(unit_z))
    share[known] = fit.weights_rel_re
    turned = _turned(songs, k, share, codes)
    if len(turned) < MIN_SHIFTS:
        return NOTHING | {"reason": "too_few"}
    # what songs still share does not shrink with their number: the turned pairs show how far the summary
    # strays without any link, and the larger of the two errors counts
    stray = np.sqrt((turned**2).mean())
    error, df = max((fit.sd_eff_w_re_hksj, known.sum() - 1), (stray, len(turned)))
    without = (mean - share[known] * unit_z[known]) / (1 - share[known])
    return interval(mean, error, stats.t.isf(LEVEL / 2, df)) | {
        "p": 2 * stats.t.sf(abs(mean) / error, df),
        "n_effective": 3 + 1 / error**2,
        "units": int(known.sum()),
        "i2": i2(fit),
        "without_one_low": np.tanh(without.min()),
        "without_one_high": np.tanh(without.max()),
    }


def _turned(songs: Songs, k: int, share: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The summary at each shift, with the weights it has without a shift; share: [units].

    Of ragged songs, some shifts leave too few: those that keep half of the weight count.
    """
    weight = np.where(np.isnan(songs.z[:, k]), 0, 1 / songs.variance[:, k])
    weight *= share[codes] / np.maximum(np.bincount(codes, weight)[codes], 1e-300)
    there = ~np.isnan(songs.null) * weight[:, None]
    enough = there.sum(axis=0) > 0.5 * weight.sum()
    return (there * np.nan_to_num(songs.null)).sum(axis=0)[enough] / there.sum(axis=0)[enough]


def random_effects(z: np.ndarray, variance: np.ndarray) -> CombineResults:
    """Units put together: Paule and Mandel's variance between them, Hartung and Knapp's error; [units] each."""
    with np.errstate(divide="ignore", invalid="ignore"):  # units that agree to the last digit
        return combine_effects(z, variance, method_re="iterated", use_t=True)


def i2(fit: CombineResults) -> float:
    """Share of the variance that lies between units."""
    return max(0.0, 1 - (len(fit.eff) - 1) / fit.q) if fit.q > 0 else 0.0


def difference(first: pd.Series, second: pd.Series) -> tuple[float, float]:
    """Interval of the difference of two estimates, from their own intervals (Zou 2007).

    Estimates of the same songs resemble each other, so their difference is surer than this says.
    """
    apart = first["estimate"] - second["estimate"]
    down = np.hypot(first["estimate"] - first["low"], second["high"] - second["estimate"])
    up = np.hypot(first["high"] - first["estimate"], second["estimate"] - second["low"])
    return apart - down, apart + up


def by_unit(z: np.ndarray, variance: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Songs to their units: the precision-weighted z and the mean variance, nan if a unit has no song.

    z, variance: [songs]; codes: [songs] unit numbers from 0. The mean variance takes the songs of a unit as
    one witness.
    """
    known = ~np.isnan(z)
    weight = np.where(known, 1 / variance, 0)
    sums = [
        np.bincount(codes, w) for w in (weight, np.where(known, z * weight, 0), known, np.where(known, variance, 0))
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[1] / sums[0], sums[3] / sums[2]


def interval(mean: float, error: float, quantile: float) -> dict:
    """Estimate, limits and error of a mean on the z scale."""
    low, high = mean - quantile * error, mean + quantile * error
    return {"estimate": np.tanh(mean), "low": np.tanh(low), "high": np.tanh(high), "error": error, "reason": None}


def _perfect(r: float) -> dict:
    """A link without exception: nothing scatters, so no error can be measured."""
    return {"estimate": np.sign(r), "reason": "perfect"}


def believable(findings: pd.DataFrame) -> pd.DataFrame:
    """The rows whose estimate rests on 30 effective points or more."""
    return findings.reindex(columns=findings.columns.union(["estimate"], sort=False))[
        lambda rows: rows["estimate"].notna() & (rows["n_effective"] >= MIN_EFFECTIVE)
    ]


def judge(findings: pd.DataFrame) -> pd.DataFrame:
    """Turns the reason of each row into its status, and adds q and starred.

    q: Benjamini and Hochberg over every row that has a p. status: the reason why numbers are missing, else
    `too_few` (under 30 effective points), `negligible` (beyond doubt but under 0.1), `ok`. starred: `ok` or
    `perfect`, 30 effective points, and q at most 0.05.
    """
    numbers = ["estimate", "low", "high", "error", "p", "n_effective"]
    findings = findings.reindex(columns=findings.columns.union([*numbers, "reason"], sort=False))
    findings[numbers] = findings[numbers].astype(float)
    tested = findings["p"].notna()
    findings["q"] = np.nan
    if tested.any():
        findings.loc[tested, "q"] = stats.false_discovery_control(findings.loc[tested, "p"])
    sure, few = findings["q"] <= LEVEL, findings["n_effective"] < MIN_EFFECTIVE
    weak = sure & (findings["estimate"].abs() < MIN_ESTIMATE)
    judged = np.select([few | findings["estimate"].isna(), weak], ["too_few", "negligible"], "ok")
    findings["status"] = findings.pop("reason").astype(object).where(lambda reason: reason.notna(), judged)
    findings["starred"] = sure & ~few & findings["status"].isin(["ok", "perfect"])
    return findings
