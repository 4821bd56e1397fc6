"""Audience worlds whose truth is known: what a method of correlation is tried on.

A world is two arrays of levels [songs, weeks], the variable (log of weekly streams) and the score. Their
weekly changes have autocorrelation `phi`, correlation `effect` at `lag`, and whatever makes real series
misleading.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter


@dataclass(frozen=True)
class World:
    """`songs` of `weeks`; all shares are of the variance of a weekly change, which is 1.

    effect: correlation of the changes; the variable of week t shows in the score of week t + lag.
    trend: drift of both levels a week. season: amplitude of a yearly wave, its phase drawn for each side.
    market: share that all songs have in common, drawn for each side. artists: share that songs of an artist
    have in common. ties: the score in whole steps of this size. missing: share of weeks unknown on each
    side.
    """

    songs: int
    weeks: int = 90
    phi: float = 0.0
    effect: float = 0.0
    lag: int = 0
    trend: float = 0.0
    season: float = 0.0
    market: float = 0.0
    artists: float = 0.0
    songs_an_artist: int = 1
    ties: float = 0.0
    missing: float = 0.0

    @property
    def artist(self) -> np.ndarray:
        """Artist number of each song."""
        return np.arange(self.songs) // self.songs_an_artist

    def levels(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The variable and the score."""
        own, lag = 1 - self.market - self.artists, abs(self.lag)
        change = []
        for _ in range(2):
            shares = [
                np.sqrt(self.market) * self._changes(rng, 1),
                np.sqrt(self.artists) * self._changes(rng, self.artist.max() + 1)[self.artist],
                np.sqrt(own) * self._changes(rng, self.songs),
            ]
            change.append(sum(shares))
        x, noise = change
        moved = np.roll(x, self.lag, axis=1)
        y = self.effect * moved + np.sqrt(1 - self.effect**2) * noise
        x, y = (np.cumsum(side[:, lag : lag + self.weeks] + self.trend, axis=1) for side in (x, y))
        week = np.arange(self.weeks)
        x, y = (side + self.season * np.sin(2 * np.pi * (week / 52 + rng.random((self.songs, 1)))) for side in (x, y))
        if self.ties:
            y = np.round(y / self.ties) * self.ties
        return tuple(np.where(rng.random(side.shape) < self.missing, np.nan, side) for side in (x, y))

    def changes(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Weekly changes of both sides; [songs, weeks - 1]."""
        return tuple(np.diff(side, axis=1) for side in self.levels(rng))

    def _changes(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        settle = 60  # weeks until an autoregression has forgotten its start
        white = rng.standard_normal((rows, self.weeks + 2 * abs(self.lag) + settle))
        return lfilter([np.sqrt(1 - self.phi**2)], [1, -self.phi], white, axis=1)[:, settle:]
