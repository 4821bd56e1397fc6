"""Worlds of weekly series with planted truth: what comes next, and what playlists do."""

from dataclasses import dataclass

import numpy as np
from crescendo.analysis.insights.playlists import Event, World


def courses(seed: int, songs: int = 240, weeks: int = 70, kind: str = "counter") -> tuple[np.ndarray, np.ndarray]:
    """Weeks of songs, and their ages: they decay with age, swing about their course, and now and then they leap.

    Each song has a level, a decay and a noise of its own; all share the seasons of the platform.
    """
    draw = np.random.default_rng(seed)
    oldest = draw.choice([156, 312, 900], songs)  # recent, catalogue, deep catalogue
    age = draw.uniform(weeks * 0.2, oldest)
    week = np.arange(weeks)
    lived = np.maximum(age[:, None] - weeks + 1 + week, 0)
    level, half = draw.normal(9, 1.5, songs), draw.uniform(10, 60, songs)
    # a release falls from its first weeks to what it keeps
    x = level[:, None] + draw.uniform(0.5, 2.5, songs)[:, None] * np.exp2(-lived / half[:, None])
    noise, state = draw.uniform(0.02, 0.15, songs), np.zeros(songs)
    for at in range(weeks):  # what happens to a song fades over some weeks
        struck = (draw.random(songs) < 0.02) * draw.exponential(0.5, songs)
        state = 0.6 * state + struck + draw.normal(0, noise)
        x[:, at] += state
    x += np.cumsum(draw.normal(0, 0.15, (songs, weeks)) * noise[:, None], axis=1)
    x += 0.03 * np.sin(2 * np.pi * (week / 52 + draw.random())) + draw.normal(0, 0.01, weeks)
    if kind == "index":
        return np.round(np.clip(8 * (x - 3), 0, 100)), age
    return np.round(np.exp(x)), age


@dataclass(frozen=True)
class Planted:
    """A world of playlists, with the effect that was planted while a song is listed and after it left."""

    world: World
    listed: float
    kept: float


def playlists(
    seed: int, *, songs: int = 250, entries: int = 25, listed: float = 0.08, kept: float = 0.04, trend: float = 0.0
) -> Planted:
    """Songs of which some enter a playlist for some weeks, with these effects on the logarithm of a week.

    trend: by how much a week they rise before they are taken.
    """
    draw = np.random.default_rng(seed)
    weeks = 60
    level, noise = draw.normal(9, 1, songs), draw.uniform(0.03, 0.08, songs)
    x = level[:, None] + draw.normal(0, 0.02, songs)[:, None] * np.arange(weeks) / 10 + np.zeros((songs, weeks))
    state = np.zeros(songs)
    for at in range(weeks):
        state = 0.5 * state + draw.normal(0, noise)
        x[:, at] += state
    x += np.cumsum(draw.normal(0, 0.03, weeks))  # what all songs share
    events = []
    for number, song in enumerate(draw.choice(songs, entries, replace=False)):
        entry = int(draw.integers(12, 36))
        out = entry + int(draw.integers(9, 13))
        own = draw.normal(0, 0.02)  # songs differ in what a playlist does to them
        x[song, entry + 1 : out] += listed + own
        x[song, out + 1 :] += kept + own
        x[song, entry] += (listed + own) / 2
        x[song, out] += (listed + kept) / 2
        before = np.arange(entry - 10, entry)
        x[song, before] += trend * np.arange(1, 11)
        x[song, entry:] += trend * 10
        events.append(Event(("p", f"song {song}", number), int(song), entry, out))
    return Planted(World(np.round(np.exp(x)), np.full(songs, np.nan), events), listed, kept)
