"""What a playlist did to its songs: entries and exits as events, matched songs as controls, the trend before tested.

The effect of an event is the difference of two differences: of the song's mean week on the scale of logarithms after
and before, less that of its controls (stacked differences in differences, Cengiz et al. 2019). `docs/insights.md` has
the formulas and what they reached.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

LEVEL = 0.95
BEFORE, AFTER = 8, 8  # weeks that are compared, and at least so many of them:
LEAST_BEFORE, LEAST_AFTER = 6, 2
CONTROLS, LEAST_CONTROLS = 20, 8
CALIPER = 1.0  # of the logarithm of a week: a control is at most 2.7 times larger or smaller
LEAST_SONGS = 5  # with which a playlist is judged
KINDS = ("listed", "exit", "kept")

OK, TREND, OVERLAP, SHORT, FEW_CONTROLS, FEW_SONGS, LISTED = (
    "ok", "trend_before", "overlapping_entries", "too_short", "few_controls", "few_songs", "still_listed",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """A song's time in a playlist: places of the song and of the weeks of entry and exit, None while it is listed."""

    key: tuple
    song: int
    entry: int
    exit: int | None


@dataclass(frozen=True)
class Effect:
    """An effect on the scale of logarithms, with its interval; nan with the reason in `status`.

    slope: by how much more the song rose a week before than its controls; p_before: how likely that is by chance.
    weekly: the mean week before, in units. songs: how many it rests on; controls: how many each was compared with.
    """

    key: tuple
    kind: str
    status: str
    effect: float = np.nan
    low: float = np.nan
    high: float = np.nan
    slope: float = np.nan
    p_before: float = np.nan
    weekly: float = np.nan
    songs: int = 0
    controls: int = 0
    weeks: int = 0


@dataclass
class World:
    """The songs of a platform by week, and all that happened to them.

    weeks: [songs, weeks] in units, nan if not known; ages: weeks at the newest one, nan if not known.
    """

    weeks: np.ndarray
    ages: np.ndarray
    events: Sequence[Event]

    @cached_property
    def x(self) -> np.ndarray:
        """The weeks on the scale of logarithms."""
        return np.log1p(np.where(self.weeks >= 0, self.weeks, np.nan))

    @cached_property
    def changes(self) -> np.ndarray:
        """[songs, weeks]: how many playlists a song entered or left."""
        length = self.weeks.shape[1]
        found = np.zeros((len(self.weeks), length), int)
        for event in self.events:
            for week in (event.entry, event.exit):
                if week is not None and 0 <= week < length:
                    found[event.song, week] += 1
        return found


@dataclass(frozen=True)
class _Window:
    """All songs over the weeks before and after: difference, slope before, and what they are matched by."""

    difference: np.ndarray
    slope: np.ndarray
    match: np.ndarray
    level: np.ndarray
    usable: np.ndarray


def event_effects(world: World) -> Iterator[Effect]:
    """The three effects of every event: while it is listed, of the exit, and what is kept after it."""
    windows: dict[tuple, _Window] = {}
    for event in world.events:
        for kind in KINDS:
            before, after, own = _weeks(event, kind, world.weeks.shape[1])
            if kind != "listed" and event.exit is None:
                yield Effect(event.key, kind, LISTED)
                continue
            if len(before) < LEAST_BEFORE or len(after) < LEAST_AFTER:
                yield Effect(event.key, kind, SHORT)
                continue
            span = (before.start, before.stop, after.start, after.stop)
            if span not in windows:
                windows[span] = _window(world, before, after)
            yield _effect(world, event, kind, windows[span], own, span)


def _weeks(event: Event, kind: str, length: int) -> tuple[range, range, set[int]]:
    """The weeks before and after an event, without those in which it happened, which are the song's own changes."""
    out = event.exit if event.exit is not None else length
    own = {event.entry} | ({event.exit} if event.exit is not None else set())
    listed = range(event.entry + 1, min(event.entry + 1 + AFTER, out, length))
    ahead = range(max(event.entry - BEFORE, 0), max(event.entry, 0))
    left = range(out + 1, min(out + 1 + AFTER, length))
    if kind == "listed":
        return ahead, listed, own
    if kind == "exit":
        return range(max(out - BEFORE, event.entry + 1), out), left, own
    return ahead, left, own


def _window(world: World, before: range, after: range) -> _Window:
    early, late = world.x[:, before.start : before.stop], world.x[:, after.start : after.stop]
    weeks = np.arange(len(before)) - (len(before) - 1) / 2
    known = np.isfinite(early)
    level = np.where(known, early, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    # the slope of what is known: a week that is missing counts as the mean
    slope = np.where(known, early - level[:, None], 0) @ weeks / (weeks @ weeks)
    later = np.isfinite(late)
    reached = np.where(later, late, 0).sum(axis=1) / np.maximum(later.sum(axis=1), 1)
    usable = (known.sum(axis=1) >= LEAST_BEFORE) & (later.sum(axis=1) >= max(LEAST_AFTER, len(after) * 3 // 4))
    step = np.abs(np.diff(early, axis=1))
    spread = np.log(np.maximum(np.where(np.isfinite(step), step, 0).mean(axis=1), 1e-3))
    age = np.log1p(np.nan_to_num(np.maximum(world.ages - (world.x.shape[1] - before.stop), 0), nan=520))
    match = np.stack([level, age, spread], axis=1)
    deviation = match[usable].std(axis=0) if usable.sum() > 1 else np.ones(3)
    return _Window(reached - level, slope, match / np.where(deviation > 0, deviation, 1), level, usable)


def _effect(world: World, event: Event, kind: str, window: _Window, own: set[int], span: tuple) -> Effect:
    blank = Effect(event.key, kind, SHORT, weeks=span[3] - span[2])
    if not window.usable[event.song]:
        return blank
    happened = world.changes[:, span[0] : span[3]]
    others = happened[event.song].sum() - sum(span[0] <= week < span[3] for week in own)
    if others > 0:
        return replace(blank, status=OVERLAP)
    offered = window.usable & (happened.sum(axis=1) == 0)
    offered &= np.abs(window.level - window.level[event.song]) <= CALIPER
    offered[event.song] = False
    pool = np.flatnonzero(offered)
    if len(pool) < LEAST_CONTROLS:
        return replace(blank, status=FEW_CONTROLS, controls=len(pool))
    distance = ((window.match[pool] - window.match[event.song]) ** 2).sum(axis=1)
    chosen = pool[np.argsort(distance, kind="stable")[:CONTROLS]]
    effect, low, high, _ = _against(window.difference[event.song], window.difference[chosen])
    slope, _, _, chance = _against(window.slope[event.song], window.slope[chosen])
    found = Effect(event.key, kind, OK if chance >= 1 - LEVEL else TREND, effect, low, high, slope, chance,
                   float(np.expm1(window.level[event.song])), 1, len(chosen), span[3] - span[2])  # fmt: skip
    return found


def _against(own: float, others: np.ndarray) -> tuple[float, float, float, float]:
    """One value less the mean of others, its interval, and how likely as much is if it is one of them."""
    count = len(others)
    error = max(others.std(ddof=1) * np.sqrt(1 + 1 / count), 1e-12)
    by = own - others.mean()
    low, high = stats.t.interval(LEVEL, count - 1, loc=by, scale=error)
    return float(by), float(low), float(high), float(2 * stats.t.sf(abs(by) / error, count - 1))


def together(key: tuple, kind: str, found: Sequence[Effect]) -> Effect:
    """The mean effect of many events, each song once, with the interval of Student's t; refused with a trend before.

    Events that were refused one by one for their trend are in it: to leave them out would hide a trend of all.
    """
    tried = [effect for effect in found if effect.status in (OK, TREND)]
    by_song: dict[object, list[Effect]] = {}
    for effect in tried:
        by_song.setdefault(effect.key[1], []).append(effect)
    count = len(by_song)
    if count < LEAST_SONGS:
        return Effect(key, kind, FEW_SONGS, songs=count)
    effects, slopes, weekly = (
        np.array([np.mean([getattr(effect, name) for effect in own]) for own in by_song.values()])
        for name in ("effect", "slope", "weekly")
    )
    low, high = stats.ttest_1samp(effects, 0).confidence_interval(LEVEL)
    chance = float(stats.ttest_1samp(slopes, 0).pvalue)
    status = OK if chance >= 1 - LEVEL else TREND
    controls = int(np.median([effect.controls for effect in tried]))
    weeks = int(np.median([effect.weeks for effect in tried]))
    return Effect(key, kind, status, float(effects.mean()), float(low), float(high), float(slopes.mean()), chance,
                  float(weekly.mean()), count, controls, weeks)  # fmt: skip
