"""Forecasts, milestones and playlist effects on worlds with planted truth.

CRESCENDO_INSIGHT_WORLDS=400 .venv/bin/pytest tests/python/test_insights_estimates.py -s   # a long run, with figures
"""

import os
from collections import Counter

import estimate_worlds as worlds
import numpy as np
import pytest
from crescendo.analysis.insights import forecast, milestones, playlists
from threadpoolctl import threadpool_limits

AHEAD = 13  # weeks that are held out


def seeds(few: int) -> range:
    """The worlds to try: few and always the same ones, or as many as are asked for."""
    return range(int(os.environ.get("CRESCENDO_INSIGHT_WORLDS", few)))


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def told(name: str, **figures: float) -> None:
    """The figures of a long run, for docs/insights.md."""
    print(f"\n{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in figures.items()))  # noqa: T201


class Forecasted:
    """A world whose last weeks are held out, forecast from the weeks before."""

    def __init__(self, seed: int, kind: str) -> None:
        self.values, ages = worlds.courses(seed, weeks=70 + AHEAD, kind=kind)
        self.past, self.future = self.values[:, :-AHEAD], self.values[:, -AHEAD:]
        self.made = forecast.forecast(self.past, ages - AHEAD, kind, min_base=10)
        self.shown = self.made.status == forecast.OK
        self.adds = kind == "counter"

    def came(self, *, reach: bool) -> np.ndarray:
        """What the held out weeks brought at each horizon."""
        at = self.made.horizons
        if not reach:
            return self.future[:, at - 1]
        total = np.cumsum(self.future, axis=1) if self.adds else np.maximum.accumulate(self.future, axis=1)
        return total[:, at - 1]

    def held(self, *, reach: bool) -> np.ndarray:
        """Whether the interval of each shown series and horizon held."""
        box, came = (self.made.reach if reach else self.made.week)[self.shown], self.came(reach=reach)[self.shown]
        known = np.isfinite(box).all(axis=1)
        return ((came >= box[:, 0]) & (came <= box[:, 2]))[known]

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Errors of the shown series ahead, of the forecast and the naive one, in units of their usual change."""
        scale = np.abs(np.diff(self.past, axis=1)).mean(axis=1)[self.shown, None]
        came, middle = self.came(reach=False)[self.shown], self.made.week[self.shown, 1]
        known = np.isfinite(middle)
        return (np.abs(middle - came) / scale)[known], (np.abs(self.past[self.shown, -1:] - came) / scale)[known]


@pytest.mark.parametrize("kind", ["counter", "gauge", "index"])
def test_intervals_cover_80_percent_of_what_comes_and_forecasts_beat_the_naive_one(kind):
    tried = [Forecasted(seed, kind) for seed in seeds(3)]
    week, reach = (np.concatenate([world.held(reach=wanted) for world in tried]) for wanted in (False, True))
    model, naive = (np.concatenate(errors) for errors in zip(*[world.errors() for world in tried], strict=True))
    told(kind, week=week.mean(), reach=reach.mean(), error=model.mean(), naive=naive.mean(), values=len(week))
    assert len(week) > 300
    assert 0.75 <= week.mean() <= 0.85
    assert 0.75 <= reach.mean() <= 0.85
    assert model.mean() < naive.mean()


def test_a_series_that_walks_at_random_has_no_forecast():
    shown = 0
    for seed in seeds(4):
        draw = np.random.default_rng(seed)
        values = np.exp(9 + np.cumsum(draw.normal(0, 0.1, (200, 70)), axis=1))
        made = forecast.forecast(values, np.full(200, 500.0), "counter")
        assert set(made.status) <= {forecast.OK, forecast.NOT_BETTER}
        shown += (made.status == forecast.OK).mean()
    # the naive forecast is the best there is: one group in twenty may look better by chance
    assert shown / len(seeds(4)) <= 0.2


def test_why_a_series_has_no_forecast():
    values, ages = worlds.courses(1, songs=200)
    values[0], values[1, -1], values[2, :55], values[3] = 777, np.nan, np.nan, 3 + values[3] % 3
    status = forecast.forecast(values, ages, "counter", min_base=10).status
    assert list(status[:4]) == [forecast.UNCHANGED, forecast.SILENT, forecast.SHORT, forecast.SMALL]
    assert set(forecast.forecast(values[:5], ages[:5], "counter").status[3:]) == {forecast.FEW}


def test_what_is_known_after_the_newest_week_changes_no_forecast_made_before():
    values, ages = worlds.courses(2)
    made = forecast.forecast(values[:, :-5], ages - 5, "counter")
    again = forecast.forecast(np.where(np.arange(70) < 65, values, 1e12)[:, :-5], ages - 5, "counter")
    assert np.array_equal(made.week, again.week, equal_nan=True)


def test_groups_by_age_are_three_years_six_years_and_more():
    months = np.array([0, 35.9, 36.1, 71.9, 72.1, np.nan])
    expected = ["recent", "recent", "catalogue", "catalogue", "deep_catalogue", "unknown"]
    assert list(forecast.age_groups(months * forecast.WEEKS_A_MONTH)) == expected


@pytest.mark.parametrize(
    ("value", "least", "expected"),
    [(0, 1000, 1000), (999, 1, 1000), (1000, 1, 2000), (4_999, 1, 5_000), (5_000, 1, 10_000), (1.6e9, 1000, 2e9)],
)
def test_the_next_milestone_is_1_2_or_5_times_a_power_of_ten(value, least, expected):
    assert milestones.next_threshold(np.array([value]), least)[0] == expected


def test_days_of_milestones_lie_in_their_intervals_in_80_percent():
    held = []
    for seed in seeds(4):
        world = Forecasted(seed, "counter")
        # a threshold each within reach: its total is drawn so that the next milestone is some weeks away
        draw = np.random.default_rng(seed)
        away = world.past[:, -1] * draw.uniform(0.5, 9, len(world.past))
        threshold = 10.0 ** np.ceil(np.log10(away * 20))
        last = threshold - away
        found = milestones.expected(world.made, last, "counter", 1)
        near = (found.threshold == threshold) & (found.status == forecast.OK) & np.isfinite(found.weeks[:, 2])
        total = last[:, None] + np.cumsum(world.future, axis=1)
        true = milestones.reached(np.arange(1, AHEAD + 1), last, total, threshold)
        first, _, last_day = milestones.days(found.weeks[near]).T
        held.append((np.ceil(7 * true[near]) >= first) & (np.ceil(7 * true[near]) <= last_day))
    share = np.concatenate(held)
    told("milestones", held=share.mean(), count=len(share))
    assert len(share) > 100
    assert 0.75 <= share.mean() <= 0.85


def test_a_line_between_horizons_says_when_it_is_reached():
    horizons, start = np.array([1, 2, 4]), np.zeros(4)
    course = np.array([[10, 20, 60]] * 4, dtype=float)
    assert list(milestones.reached(horizons, start, course, np.array([5, 20, 40, 61]))) == [0.5, 2, 3, np.inf]


def effects(world: worlds.Planted) -> dict[str, playlists.Effect]:
    """The joint effect of each kind."""
    found = list(playlists.event_effects(world.world))
    return {
        kind: playlists.together(("p",), kind, [effect for effect in found if effect.kind == kind])
        for kind in playlists.KINDS
    }


def test_playlist_effects_cover_the_planted_one_in_93_to_97_percent():
    held, single, refused = Counter(), Counter(), 0
    tried = list(seeds(40))
    for seed in tried:
        planted = worlds.playlists(seed)
        truth = {"listed": planted.listed, "kept": planted.kept, "exit": planted.kept - planted.listed}
        for kind, effect in effects(planted).items():
            refused += effect.status == playlists.TREND
            if effect.status == playlists.OK:
                held[effect.low <= truth[kind] <= effect.high] += 1
        for effect in playlists.event_effects(planted.world):
            if effect.status == playlists.OK:
                single[effect.low <= truth[effect.kind] <= effect.high] += 1
    share, of_one = held[True] / held.total(), single[True] / single.total()
    told("playlists", held=share, worlds=held.total(), entries=of_one, refused=refused / (3 * len(tried)))
    # a few worlds scatter more than many: three standard errors about 95 percent, and never wider than need be
    slack = max(0.02, 3 * np.sqrt(0.95 * 0.05 / held.total()))
    assert abs(share - 0.95) <= slack
    assert 0.93 <= of_one <= 0.97
    assert refused / (3 * len(tried)) <= 0.1


def test_an_effect_is_refused_if_the_songs_rose_before_they_were_taken():
    status = Counter()
    for seed in seeds(20):
        found = effects(worlds.playlists(seed, trend=0.03))
        status[found["listed"].status] += 1
        status[found["kept"].status] += 1
    assert status[playlists.TREND] / status.total() >= 0.95


def test_why_an_entry_has_no_effect():
    planted = worlds.playlists(3, entries=1)
    [event] = planted.world.events
    assert {one.status for one in playlists.event_effects(planted.world)} == {playlists.OK}

    def told_of(**change: object) -> list[str]:
        other = playlists.Event(event.key, event.song, **({"entry": event.entry, "exit": event.exit} | change))
        return [
            one.status
            for one in playlists.event_effects(playlists.World(planted.world.weeks, planted.world.ages, [other]))
        ]

    assert told_of(exit=None) == [playlists.OK, playlists.LISTED, playlists.LISTED]
    assert told_of(entry=2)[0] == playlists.SHORT
    twice = playlists.Event(("q", "x", 0), event.song, event.entry + 2, None)
    both = playlists.World(planted.world.weeks, planted.world.ages, [event, twice])
    assert next(playlists.event_effects(both)).status == playlists.OVERLAP
    alone = playlists.World(planted.world.weeks[event.song : event.song + 1], planted.world.ages[:1],
                            [playlists.Event(event.key, 0, event.entry, event.exit)])  # fmt: skip
    assert next(playlists.event_effects(alone)).status == playlists.FEW_CONTROLS
    assert playlists.together(("p",), "listed", []).status == playlists.FEW_SONGS


def test_a_song_that_enters_often_counts_once():
    one = playlists.Effect(("p", "a", 0), "listed", playlists.OK, effect=0.3, slope=0.0, weekly=1.0)
    others = [
        playlists.Effect(("p", name, 0), "listed", playlists.OK, effect=effect, slope=slope, weekly=1.0)
        for name, effect, slope in zip(
            "bcdef", (0.1, 0.12, 0.08, 0.11, 0.09), (0.01, -0.01, 0.02, -0.02, 0), strict=True
        )
    ]
    found = playlists.together(("p",), "listed", [one] * 50 + others)
    assert found.songs == 6
    assert found.effect == pytest.approx((0.3 + 0.1 + 0.12 + 0.08 + 0.11 + 0.09) / 6)
