"""The promises of the method, measured on worlds whose truth is known: false positives, coverage, power."""

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import CircularBlockBootstrap
from crescendo.correlation import (
    LAGS,
    across_songs,
    autocorrelation,
    correlate,
    judge,
    over_time,
    songs_over_time,
    whiten,
)
from scipy import stats
from statsmodels.regression.linear_model import yule_walker
from statsmodels.tsa.stattools import acf
from worlds import World

REPEATS = 2000  # a share of 5 % is then known to 1 % either way
ROUGH = {"trend": 0.3, "season": 1.0, "ties": 0.8, "missing": 0.03}
WORLDS = [{"phi": 0.0}, {"phi": 0.4}, {"phi": 0.7}, {"phi": 0.7} | ROUGH]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250526)


def true_correlation(world: dict, ranks: bool, rng: np.random.Generator) -> float:
    """What the method would find with 20,000 weeks instead of 90."""
    x, y = whiten(*World(10, weeks=20_000, **world).changes(rng))
    if ranks:
        x, y = (pd.DataFrame(side).rank(axis=1).to_numpy() for side in (x, y))
    lag = world.get("lag", 0)
    return correlate(x[:, : x.shape[1] - lag], y[:, lag:])[0].mean()


# ---- one song over time, 90 weeks


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
@pytest.mark.parametrize("world", WORLDS, ids=["phi0", "phi4", "phi7", "phi7rough"])
def test_one_song_false_positives_are_5_percent_and_intervals_cover_95(world, ranks, rng):
    songs = songs_over_time(*World(REPEATS, **world).changes(rng), ranks=ranks, lags=[0], borrow=0)
    assert 0.03 <= (songs.p < 0.05).mean() <= 0.07
    assert 0.93 <= (np.abs(songs.z) < 1.96 * np.sqrt(songs.variance)).mean() <= 0.97


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
@pytest.mark.parametrize("world", WORLDS, ids=["phi0", "phi4", "phi7", "phi7rough"])
@pytest.mark.parametrize("lag", [0, 2])
def test_one_song_a_link_is_found_where_it_is_and_its_interval_covers_it(world, ranks, lag, rng):
    world = world | {"effect": 0.5, "lag": lag}
    songs = songs_over_time(*World(REPEATS, **world).changes(rng), ranks=ranks, lags=[lag], borrow=0)
    error = np.abs(songs.z - np.arctanh(true_correlation(world, ranks, rng)))
    assert (songs.p < 0.05).mean() >= 0.80
    assert 0.93 <= (error < 1.96 * np.sqrt(songs.variance)).mean() <= 0.97


def test_the_naive_methods_fail_the_same_worlds(rng):
    x, y = World(REPEATS, phi=0.7, trend=0.5).levels(rng)
    changes = np.diff(x, axis=1), np.diff(y, axis=1)

    def naive(x, y):
        r, n = correlate(x, y)
        return (2 * stats.t.sf(np.abs(r) * np.sqrt((n - 2) / (1 - r**2)), n - 2) < 0.05).mean()

    assert naive(x, y) > 0.9, "levels: two rising counters"
    assert naive(*changes) > 0.15, "changes, as if weeks were independent"
    days = [World(20, phi=0.7, market=0.5).changes(rng) for _ in range(300)]
    pooled = [stats.pearsonr(x.ravel(), y.ravel()).pvalue < 0.05 for x, y in days]
    assert np.mean(pooled) > 0.5, "songs times weeks, as if rows were independent"


def test_the_block_bootstrap_covers_too_little_which_is_why_it_is_not_used(rng):
    x, y = World(500, phi=0.7).changes(rng)
    draws = CircularBlockBootstrap(5, np.arange(x.shape[1]), seed=rng).bootstrap(300)
    r = np.stack([correlate(x[:, weeks], y[:, weeks])[0] for (weeks,), _ in draws])
    low, high = np.quantile(r, [0.025, 0.975], axis=0)
    assert ((low < 0) & (high > 0)).mean() < 0.93


# ---- many songs over time


@pytest.mark.parametrize("shared", [{}, {"market": 0.4}, {"artists": 0.5, "songs_an_artist": 2}], ids=str)
def test_many_songs_false_positives_are_5_percent_whatever_they_share(shared, rng):
    found = []
    for _ in range(800):
        world = World(24, phi=0.7, ties=0.5, missing=0.02, **shared)
        row = over_time(*world.changes(rng), world.artist, ranks=True, lags=[0]).iloc[0]
        found.append((row.p < 0.05, row.low <= 0 <= row.high))
    rejected, covered = np.mean(found, axis=0)
    assert 0.02 <= rejected <= 0.07
    assert 0.93 <= covered <= 0.98


def test_many_songs_find_a_weak_link_at_its_lag_and_nowhere_else(rng):
    world = World(60, phi=0.5, effect=0.3, lag=2, market=0.2, missing=0.02)
    rows = judge(over_time(*world.changes(rng), world.artist, ranks=True))
    assert rows.loc[rows.starred, "lag"].tolist() == [2]
    row = rows.set_index("lag").loc[2]
    assert row.unit == "artist" and row.units == 60
    assert row.low < np.tanh(row.without_one_low) < np.tanh(row.without_one_high) < row.high


def test_what_moves_every_song_at_once_links_nothing(rng):
    world = World(40, phi=0.5)
    christmas = rng.standard_normal(world.weeks - 1)
    x, y = (side + christmas for side in world.changes(rng))
    row = over_time(x, y, world.artist, ranks=True, lags=[0]).iloc[0]
    assert row.low < 0 < row.high and row.p > 0.05
    assert correlate(x, y)[0].mean() > 0.4, "the world does tempt"


def test_a_full_family_without_any_link_is_rarely_starred(rng):
    starred = [
        judge(over_time(*World(24, phi=0.7).changes(rng), np.arange(24), ranks=True)).starred.any() for _ in range(100)
    ]
    assert np.mean(starred) <= 0.10


# ---- across songs


def catalogue(rng, artists=60, songs=5, effect=0.0, share=0.5):
    """Score and variable of songs whose artists share half of both: [songs, 2] and the artist of each."""
    size = np.minimum(np.ceil(rng.pareto(1.2, artists) * songs / 2 + 1), 60).astype(int)
    artist = np.repeat(np.arange(artists), size)
    of_artist = rng.standard_normal((artists, 2))[artist]
    both = np.sqrt(share) * of_artist + np.sqrt(1 - share) * rng.standard_normal((len(artist), 2))
    both[:, 0] = effect * both[:, 1] + np.sqrt(1 - effect**2) * both[:, 0]
    return both, artist


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_across_songs_holds_its_promises_where_songs_of_an_artist_are_alike(effect, rng):
    rejected, naive, covered = [], [], []
    for _ in range(REPEATS):
        columns, artist = catalogue(rng, effect=effect)
        row = across_songs(columns, artist, ranks=True)
        rejected.append(row["p"] < 0.05)
        covered.append(row["low"] <= 6 / np.pi * np.arcsin(effect / 2) <= row["high"])
        naive.append(stats.spearmanr(columns).pvalue < 0.05)
    assert 0.93 <= np.mean(covered) <= 0.97
    if effect:
        assert np.mean(rejected) >= 0.80
    else:
        assert 0.03 <= np.mean(rejected) <= 0.07
        assert np.mean(naive) > 0.2, "songs taken as independent"


def test_across_songs_a_variable_that_acts_through_another_vanishes_when_that_is_held_fixed(rng):
    plays = rng.standard_normal(600)
    age, score = -plays + rng.standard_normal(600), plays + 0.5 * rng.standard_normal(600)
    artist = np.arange(600)
    alone = across_songs(np.column_stack([score, age]), artist, ranks=False)
    given = across_songs(np.column_stack([score, age, plays]), artist, ranks=False)
    residual = [side - np.polyval(np.polyfit(plays, side, 1), plays) for side in (score, age)]
    assert alone["high"] < -0.5 < 0.15 > abs(given["estimate"])
    assert given["low"] < 0 < given["high"]
    assert given["estimate"] == pytest.approx(stats.pearsonr(*residual).statistic)


def test_across_songs_agrees_with_scipy(rng):
    columns, artist = np.round(rng.standard_normal((200, 2)), 1), np.arange(200)
    assert across_songs(columns, artist, ranks=True)["estimate"] == pytest.approx(stats.spearmanr(columns).statistic)
    assert across_songs(columns, artist, ranks=False)["estimate"] == pytest.approx(stats.pearsonr(*columns.T).statistic)


# ---- parts


def test_parts_agree_with_statsmodels(rng):
    x, y = World(3, phi=0.6).changes(rng)
    assert autocorrelation(x, 5)[0] == pytest.approx(acf(x[0], nlags=5), abs=1e-6)
    weights = yule_walker(x[0] - x[0].mean(), order=2, method="mle", result_object=False)[0]
    y -= y.mean(axis=1, keepdims=True)
    expected = y[0, 2:] - weights[0] * y[0, 1:-1] - weights[1] * y[0, :-2]
    assert whiten(x, y, order=2, borrow=0)[1][0] == pytest.approx(expected, abs=1e-5)


def test_a_song_without_weeks_changes_nothing(rng):
    x, y = World(30, phi=0.5, effect=0.3).changes(rng)
    blank = np.full((1, x.shape[1]), np.nan)
    with_blank = over_time(np.vstack([x, blank]), np.vstack([y, blank]), np.arange(31), ranks=True)
    pd.testing.assert_frame_equal(over_time(x, y, np.arange(30), ranks=True), with_blank)


def test_the_same_numbers_give_the_same_answer(rng):
    world = World(30, phi=0.5, effect=0.3)
    x, y = world.changes(rng)
    pd.testing.assert_frame_equal(*(over_time(x, y, world.artist, ranks=True) for _ in range(2)))


@pytest.mark.parametrize(
    ("world", "status"),
    [
        ({"songs": 1, "weeks": 31}, "too_few"),
        ({"songs": 1, "weeks": 91}, "ok"),
        ({"songs": 40, "weeks": 20}, "too_few"),
        ({"songs": 40, "weeks": 60, "missing": 0.95}, "too_few"),
    ],
)
def test_under_30_effective_points_nothing_is_starred(world, status, rng):
    world = World(effect=0.95, **world)
    rows = judge(over_time(*world.changes(rng), world.artist, ranks=True, lags=[0]))
    assert rows.status.tolist() == [status]
    assert rows.starred.tolist() == [status == "ok"]


def test_what_does_not_vary_gets_no_estimate(rng):
    x, _ = World(30, weeks=60).changes(rng)
    flat = judge(over_time(x, np.zeros_like(x), np.arange(30), ranks=True, lags=[0]))
    assert flat.estimate.isna().all() and not flat.starred.any()
    columns = np.column_stack([np.ones(50), rng.standard_normal(50)])
    assert "estimate" not in across_songs(columns, np.arange(50), ranks=True)
    assert across_songs(np.zeros((0, 2)), np.zeros(0), ranks=True)["units"] == 0


def test_a_number_of_the_artist_is_not_repeated_evidence(rng):
    followers, score = rng.standard_normal((2, 4))
    of_artist = np.repeat(np.arange(4), 30)
    columns = np.column_stack([score[of_artist] + 0.1 * rng.standard_normal(120), followers[of_artist]])
    row = across_songs(columns, of_artist, ranks=True)
    assert (row["unit"], row["units"], row["n_effective"]) == ("artist", 4, 4)


def test_ragged_songs_of_a_few_artists_are_not_judged_by_shifts_that_leave_nothing(rng):
    x, y = World(10, weeks=130, phi=0.5).changes(rng)
    x[:, :100] = np.nan  # all but the last half year is another song's history
    rows = judge(over_time(x, y, np.arange(10), ranks=True))
    assert set(rows.status) == {"too_few"} and not rows.starred.any()


def test_one_artist_is_its_songs_and_says_so(rng):
    world = World(30, phi=0.5, effect=0.4, songs_an_artist=30)
    row = over_time(*world.changes(rng), world.artist, ranks=True, lags=[0]).iloc[0]
    assert (row.unit, row.units) == ("song", 30)


def test_a_link_too_weak_to_matter_is_called_negligible():
    row = pd.DataFrame({"estimate": [0.05, 0.5], "p": [1e-9, 1e-9], "n_effective": [9000.0, 90.0]})
    assert judge(row).status.tolist() == ["negligible", "ok"]
    assert judge(row).starred.tolist() == [False, True]


def test_lags_are_eight_weeks_either_way():
    assert list(LAGS) == list(range(-8, 9))
