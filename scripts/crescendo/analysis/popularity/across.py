"""Across songs, one row per song at one week: how a score goes with a variable, see `correlation.py`."""

import numpy as np
import pandas as pd
from scipy import special, stats

from crescendo.analysis.popularity.correlation import (
    LEVEL,
    NOTHING,
    PERFECT,
    TOLD,
    _centred,
    _fisher,
    _numbers,
    _perfect,
    _scaled,
    interval,
    witnesses,
)


def across_songs(columns: np.ndarray, artists: np.ndarray, *, ranks: bool) -> dict:
    """The link between the first two columns, the others held fixed, one row per song.

    columns: [songs, 2 + controls]; a song with an unknown number is left out. artists: [songs] any labels;
    ranks: Spearman, else Pearson. Partial: the correlation of what regressions on the controls leave, of ranks
    where ranks are compared. Controls that do not vary or that the others tell change nothing.

    Keys as the columns of `over_time` (n: songs). reason, if numbers are missing:
    no estimate: `too_few` (songs are fewer than columns + 3), `no_variation` (of one of the two), `collinear`
    (the controls tell one of the two, so nothing is left to compare);
    no interval: `perfect` (p counts the orders of one song per artist; none if something is held fixed),
    `hangs_on_one` (without one unit the link is perfect or not defined, so no error can be measured; no p).
    """
    columns = np.asarray(columns, dtype=float)
    known = np.isfinite(columns).all(axis=1)
    columns, artists = columns[known], np.asarray(artists, dtype=object)[known]
    songs, width = columns.shape
    repeats = songs > 0 and _of_artists(columns[:, 1], artists)
    unit, codes = ("artist", _numbers(artists)) if repeats else witnesses(artists)
    about = {"n": songs, "unit": unit}
    if songs < width + 3:
        return about | NOTHING | {"reason": "too_few"}
    if (_centred(columns[:, :2].T) == 0).all(axis=1).any():
        return about | NOTHING | {"reason": "no_variation"}
    left = _left(stats.rankdata(columns, axis=0) if ranks else columns)
    if left is None:
        return about | NOTHING | {"reason": "collinear"}
    units, r = int(codes.max()) + 1, left[:, 0] @ left[:, 1]
    about |= {"units": units, "n_effective": float(units)}
    if abs(r) > PERFECT:
        return about | _perfect(r) | ({"p": _orders(columns[:, 1], codes)} if width == 2 else {})
    without = _fisher(_without_one(left, codes))
    if not np.isfinite(without).all():
        return about | {"estimate": r, "reason": "hangs_on_one"}
    # Songs say at most what as many independent ones would; if the variable is the artist's, artists count.
    most = max((units if repeats else songs) - width - 1, 1)
    return about | _jackknifed(np.arctanh(r), without, most) | ({"n_effective": float(units)} if repeats else {})


def _jackknifed(z: float, without: np.ndarray, most: int) -> dict:
    """Interval and p of a link; without: z without each unit; most: points less degrees of freedom, at best."""
    units = len(without)
    error = max(np.sqrt((units - 1) / units * ((without - without.mean()) ** 2).sum()), 1 / np.sqrt(most))
    return interval(z, error, stats.t.isf(LEVEL / 2, units - 1)) | {
        "p": 2 * stats.t.sf(abs(z) / error, units - 1),
        # one song of each artist is independent of the others, whatever the scatter says
        "n_effective": float(max(3 + min(1 / error**2, most), units)),
        "without_one_low": np.tanh(without.min()),
        "without_one_high": np.tanh(without.max()),
    }


def _left(columns: np.ndarray) -> np.ndarray | None:
    """The first two columns less what the others tell of them, then an orthonormal basis of those others.

    Each column of length 1 and mean 0; None if nothing is left. A basis has no singular covariance, whatever the
    controls are.
    """
    scaled = _scaled(_centred(columns.T)).T
    length = np.linalg.norm(scaled, axis=0)
    scaled = scaled / np.where(length > 0, length, 1)  # a control that does not vary is fixed already
    basis, share, _ = np.linalg.svd(scaled[:, 2:], full_matrices=False)
    basis = basis[:, share > TOLD]
    sides = scaled[:, :2]
    for _ in range(2):  # the second time takes away the rounding of the first
        sides = sides - basis @ (basis.T @ sides)
    length = np.linalg.norm(sides, axis=0)
    return np.column_stack([sides / length, basis]) if (length > TOLD).all() else None


def _without_one(left: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Correlation of columns 0 and 1 given the others without each unit in turn; nan if a side hardly varies.

    left: [songs, 2 + controls] of length 1 and mean 0; codes: [songs] unit numbers from 0. Returns [units].
    """
    rows = np.column_stack([np.ones(len(left)), left])
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 1))
    moments = np.add.reduceat(np.einsum("ij,ik->ijk", rows[order], rows[order]), starts, axis=0)
    moments = moments.sum(axis=0) - moments
    count = moments[:, :1, :1]
    covariance = moments[:, 1:, 1:] - moments[:, :1, 1:] * moments[:, 1:, :1] / np.maximum(count, 1)
    sides, shared, given = covariance[:, :2, :2], covariance[:, :2, 2:], covariance[:, 2:, 2:]
    sides = sides - shared @ np.linalg.pinv(given, rcond=1e-10, hermitian=True) @ shared.transpose(0, 2, 1)
    spread = np.sqrt(np.maximum(sides[:, 0, 0], 0) * np.maximum(sides[:, 1, 1], 0))
    varies = np.minimum(sides[:, 0, 0], sides[:, 1, 1]) > 1e-10  # of 1; below, the digits are those of rounding
    return np.divide(sides[:, 0, 1], spread, out=np.full(len(spread), np.nan), where=varies)


def _orders(variable: np.ndarray, codes: np.ndarray) -> float:
    """p-value of a perfect link: the share of all orders of one song per unit that are as perfect."""
    one_each = variable[np.unique(codes, return_index=True)[1]]
    tied = np.unique(one_each, return_counts=True)[1]
    backwards = np.array_equal(tied, tied[::-1])
    straight = special.gammaln(tied + 1).sum() - special.gammaln(len(one_each) + 1)
    return float(min(1, (1 + backwards) * np.exp(straight)))


def _of_artists(variable: np.ndarray, artists: np.ndarray) -> bool:
    """Whether all songs of an artist have the same value, and some artist has several songs."""
    values = pd.Series(variable).groupby(np.asarray(artists, dtype=object), dropna=False)
    return bool((values.nunique() == 1).all() and (values.size() > 1).any())
