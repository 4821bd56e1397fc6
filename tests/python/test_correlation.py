"""The promises of the method, measured on worlds whose truth is known: false positives, coverage, power."""

import itertools
import math
import os
import re

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.bootstrap import CircularBlockBootstrap
from conftest import ROOT
from crescendo.analysis.popularity.across import across_songs
from crescendo.analysis.popularity.correlation import (
    LAGS,
    autocorrelation,
    correlate,
    judge,
    over_time,
    random_effects,
    songs_over_time,
    whiten,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import optimize, stats
from statsmodels.regression.linear_model import yule_walker
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.stattools import acf
from worlds import World

REPEATS = 2000  # a share of 5 % is then known to 1 % either way
# of what is judged one world after another: 800 for a share of 5 % that is known to 1.5 % either way
ROUNDS = int(os.environ.get("CRESCENDO_ROUNDS", "400"))
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
    for _ in range(ROUNDS):
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


# ---- against scipy and statsmodels, input by input

INPUTS = 4000  # drawn over the kinds of input


def by_definition(columns, ranks, needed=None):
    """Estimate and reason from the definitions: regress both sides on what is held fixed, correlate what is left.

    needed: the controls that are not combinations of the others, by construction of the input.
    """
    columns = np.asarray(columns, dtype=float)
    columns = columns[np.isfinite(columns).all(axis=1)]
    songs, width = columns.shape
    if songs < width + 3:
        return None, "too_few"
    columns = stats.rankdata(columns, axis=0) if ranks else columns / np.maximum(np.abs(columns).max(axis=0), 1e-300)
    if (np.ptp(columns[:, :2], axis=0) == 0).any():
        return None, "no_variation"
    held = columns[:, [2 + i for i in (range(width - 2) if needed is None else needed)]]
    held = sm.add_constant(held, has_constant="add") if held.size else np.ones((songs, 1))
    left = np.column_stack([sm.OLS(side, held).fit().resid for side in columns[:, :2].T])
    if (np.linalg.norm(left, axis=0) < 1e-8 * columns[:, :2].std(axis=0) * np.sqrt(songs)).any():
        return None, "collinear"
    r = stats.pearsonr(*left.T).statistic
    return r, "perfect" if abs(r) > 1 - 1e-11 else None


def agrees(columns, ranks, needed=None, artists=None):
    """The row of `across_songs`, after holding it against the definition."""
    columns = np.asarray(columns, dtype=float)
    row = across_songs(columns, np.arange(len(columns)) if artists is None else artists, ranks=ranks)
    expected, reason = by_definition(columns, ranks, needed)
    assert row.get("estimate") == (None if expected is None else pytest.approx(expected, abs=1e-6)), (columns, row)
    if reason == "perfect":
        assert abs(row["estimate"]) == 1
    assert row.get("reason") == reason or (reason is None and row["reason"] == "hangs_on_one"), (columns, row)
    number = {key: row.get(key) for key in ("low", "high", "error")}
    if row.get("reason"):
        assert set(number.values()) == {None}, "what has a reason has no interval"
    else:
        assert -1 <= row["low"] <= row["estimate"] <= row["high"] <= 1 and row["error"] > 0
    assert ("p" in row) <= ("estimate" in row) and 0 <= row.get("p", 0) <= 1
    return row


def mixed(rng, songs, width):
    return rng.standard_normal((songs, width)) @ rng.standard_normal((width, width))


def drawn(rng, kind):
    """An input of one kind: columns, and the controls that are no combination of others."""
    songs, controls = int(rng.integers(3, 40)), int(rng.integers(0, 4))
    columns = mixed(rng, songs, 2 + controls)
    x, y = columns[:, 1], columns[:, 0]
    needed = list(range(controls))
    match kind:
        case "skewed":
            columns = np.exp(3 * columns)
        case "tied":
            columns = np.round(columns * rng.choice([0.3, 1, 2]))
            needed = None if np.linalg.matrix_rank(columns[:, 2:] - columns[:, 2:].mean(axis=0)) == controls else []
            columns = columns if needed is None else columns[:, :2]
        case "scaled":
            columns = columns * 10.0 ** rng.integers(-150, 150, 2 + controls)
        case "unknown":
            columns[rng.random(columns.shape) < 0.1] = rng.choice([np.nan, np.inf, -np.inf])
        case "a control twice" if controls:
            columns = np.column_stack([columns, columns[:, 2]])
        case "a control nearly twice" if controls:
            columns = np.column_stack([columns, columns[:, 2] + 1e-5 * rng.standard_normal(songs)])
            needed = [*needed, controls]
        case "a constant control":
            columns = np.column_stack([columns, np.full(songs, rng.choice([0, 0.1, 7e9]))])
        case "x held fixed":
            columns = np.column_stack([columns, rng.choice([-3, 0.1, 1e6]) * x + rng.choice([0, 5])])
            needed = [controls]
        case "y held fixed":
            columns, needed = np.column_stack([columns, y]), [controls]
        case "both held fixed":
            columns, needed = np.column_stack([columns, x, y]), [controls, controls + 1]
        case "a constant side":
            columns[:, rng.integers(2)] = rng.choice([0, 0.1, 1 / 3, 7e9])
        case "perfect":
            columns, needed = np.column_stack([rng.choice([-2, 1e-9, 3e8]) * x + rng.choice([0, 1e-3]), x]), []
        case "all equal":
            columns = np.full_like(columns, rng.choice([0, 0.1, 1e300]))
    return columns, needed


PLAIN = ["normal", "skewed", "tied", "scaled", "unknown", "a constant side", "perfect", "all equal"]
HELD = ["a constant control", "a control twice", "a control nearly twice"]
NOTHING_LEFT = ["x held fixed", "y held fixed", "both held fixed"]


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
@pytest.mark.parametrize("kind", PLAIN + HELD + NOTHING_LEFT)
@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.SingularMatrixWarning")
def test_across_songs_is_the_definition_or_says_why_not(kind, ranks, rng):
    for _ in range(INPUTS // 20):
        columns, needed = drawn(rng, kind)
        row = agrees(columns, ranks, needed)
        if kind in NOTHING_LEFT and len(columns) >= columns.shape[1] + 3:
            assert row["reason"] == "collinear"


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
def test_across_songs_is_the_definition_on_whatever_small_table_comes(ranks):
    values = st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.1, np.nan])

    @settings(max_examples=INPUTS // 4, deadline=None, derandomize=True, database=None)
    @given(npst.arrays(float, st.tuples(st.integers(0, 9), st.just(2)), elements=values))
    def holds(columns):
        row, turned = agrees(columns, ranks), agrees(columns[:, ::-1], ranks)
        assert {key: row.get(key) for key in ("reason", "n")} == {key: turned.get(key) for key in ("reason", "n")}
        assert row.get("estimate", 0) == pytest.approx(turned.get("estimate", 0))
        assert row.get("p", 1) == pytest.approx(turned.get("p", 1))

    holds()


def test_a_control_that_is_both_sides_together_leaves_a_perfect_link(rng):
    for _ in range(200):
        columns = mixed(rng, 30, 2)
        weights = rng.choice([-2, -1, 1, 3], 2)
        row = agrees(np.column_stack([columns, columns @ weights]), ranks=False)
        assert (row["estimate"], row["reason"]) == (-np.sign(weights.prod()), "perfect")
        assert "p" not in row, "what is left over has no order that could be shuffled"


def test_what_is_held_fixed_is_held_by_rank_where_ranks_are_compared(rng):
    x, y = mixed(rng, 50, 2).T
    columns = np.column_stack([y, x, np.exp(x)])
    assert agrees(columns, ranks=True)["reason"] == "collinear"
    assert agrees(columns, ranks=False)["reason"] is None


@pytest.mark.parametrize("songs", [5, 8, 30, 100])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_link_is_1_and_its_p_is_that_of_all_orders(songs, sign, rng):
    x = np.exp(rng.standard_normal(songs))
    row = across_songs(np.column_stack([sign * x**3, x]), np.arange(songs), ranks=True)
    assert (row["estimate"], row["reason"], row["n_effective"]) == (sign, "perfect", songs)
    assert row["p"] == pytest.approx(2 / math.factorial(songs))
    judged = judge(pd.DataFrame([row])).iloc[0]
    assert judged.status == "perfect" and judged.starred == (songs >= 30)
    assert np.isnan([judged.low, judged.high]).all()


def test_the_p_of_a_perfect_link_counts_every_order_of_tied_songs():
    x = np.array([1, 1, 2, 3, 3])
    r = [abs(np.corrcoef(x, order)[0, 1]) > 1 - 1e-9 for order in itertools.permutations(x)]
    row = across_songs(np.column_stack([x, x]), np.arange(5), ranks=True)
    assert row["p"] == pytest.approx(np.mean(r))


def test_the_p_of_a_perfect_link_counts_artists_and_not_songs(rng):
    x = rng.standard_normal(60)
    row = across_songs(np.column_stack([x, x]), np.repeat(np.arange(12), 5), ranks=True)
    assert (row["units"], row["n_effective"]) == (12, 12)
    assert row["p"] == pytest.approx(2 / math.factorial(12))


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
def test_a_link_that_one_song_makes_or_breaks_has_no_interval(ranks, rng):
    one = np.zeros(40)
    one[7] = 5
    noise = rng.standard_normal(40)
    assert agrees(np.column_stack([noise, one]), ranks)["reason"] == "hangs_on_one"
    ladder = np.arange(8.0)
    broken = ladder.copy()
    broken[7] = -1
    row = agrees(np.column_stack([broken, ladder]), ranks)
    # without the last song the order is perfect
    assert ranks or row["reason"] == "hangs_on_one"


def test_an_interval_is_never_worth_more_than_its_songs(rng):
    for _ in range(INPUTS // 10):
        songs, controls = int(rng.integers(8, 40)), int(rng.integers(0, 3))
        row = across_songs(mixed(rng, songs, 2 + controls), np.arange(songs), ranks=False)
        assert row["error"] >= 1 / np.sqrt(songs - controls - 3) * (1 - 1e-9)
        assert row["n_effective"] <= songs


def test_artists_that_repeat_each_other_do_not_make_a_link_certain(rng):
    columns, artists = np.tile(mixed(rng, 5, 2), (12, 1)), np.repeat(np.arange(12), 5)
    row = across_songs(columns, artists, ranks=False)
    assert row["error"] >= 1 / np.sqrt(57) * (1 - 1e-9) and row["low"] < row["estimate"] < row["high"]


@pytest.mark.parametrize("songs", [5, 6, 8, 12, 30])
@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
def test_few_independent_songs_are_not_called_linked_too_often(songs, ranks, rng):
    p = [
        across_songs(rng.standard_normal((songs, 2)), np.arange(songs), ranks=ranks).get("p", 1)
        for _ in range(4 * ROUNDS)
    ]
    assert np.mean(np.array(p) < 0.05) <= 0.07


def test_without_any_one_song_is_the_correlation_of_the_others(rng):
    columns = mixed(rng, 12, 4)
    row = across_songs(columns, np.arange(12), ranks=False)
    without = [by_definition(np.delete(columns, song, axis=0), ranks=False)[0] for song in range(12)]
    assert (row["without_one_low"], row["without_one_high"]) == pytest.approx((min(without), max(without)))


# ---- the table for the shell


def in_sql(levels, popularity):
    """The rows of popularity_correlations for one platform, by its own SQL; levels: [songs, variables of the seed]."""
    variables = pd.read_csv(ROOT / "seeds" / "popularity_variables.csv")
    features = pd.DataFrame(levels, columns=variables["variable"]).assign(
        platform="spotify", popularity=popularity, is_reference_week=True
    )
    sql = (ROOT / "models" / "marts" / "audience" / "popularity" / "popularity_correlations.sql").read_text()
    with duckdb.connect() as connection:
        connection.register("popularity_features", features)
        connection.register("popularity_variables", variables)
        rows = connection.sql(re.sub(r"{{ ref\('(\w+)'\) }}", r"\1", sql)).df().set_index("variable")
    return rows, variables.set_index("variable")["is_log"]


@pytest.mark.parametrize("songs", [1, 2, 3, 4, 5, 40])
@pytest.mark.parametrize("spread", [0, 0.7, 3, 1e6])
def test_the_table_for_the_shell_is_the_definition_or_says_why_not(songs, spread, rng):
    for _ in range(10):
        levels = np.round(spread * rng.standard_normal((songs, 11)), 0 if spread < 1 else 6)
        levels[rng.random(levels.shape) < 0.1] = np.nan
        score = np.round(5 * rng.standard_normal(songs))
        rows, is_log = in_sql(levels, score)
        for variable, level in zip(is_log.index, levels.T, strict=True):
            x, y = level[~np.isnan(level)], score[~np.isnan(level)]
            if not len(x):
                assert variable not in rows.index
                continue
            row, x = rows.loc[variable], np.log1p(np.maximum(x, 0)) if is_log[variable] else x
            flat = "no_variation" if np.ptp(x) == 0 or np.ptp(y) == 0 else None
            reason = "too_few" if len(x) < 3 else flat
            assert row["compared_song_count"] == len(x)
            assert (row["null_reason"] if pd.notna(row["null_reason"]) else None) == reason
            if reason:
                assert np.isnan([row["pearson_log"], row["spearman"]]).all()
            else:
                assert row["pearson_log"] == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-9)
                assert row["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)


def test_growth_that_differs_by_rounding_only_has_no_correlation(rng):
    start = rng.uniform(1e3, 1e6, 40)
    growth = np.log(start * 1.01) - np.log(start)
    assert np.ptp(growth) > 0
    levels = np.full((40, 11), np.nan)
    levels[:, 3] = growth
    rows, _ = in_sql(levels, np.arange(40.0))
    assert rows.loc["streams_28d_log_change", "null_reason"] == "no_variation"
    columns = np.column_stack([np.arange(40.0), growth])
    for ranks in (True, False):
        assert across_songs(columns, np.arange(40), ranks=ranks)["reason"] == "no_variation"


# ---- series, row by row


def test_rows_are_correlated_as_scipy_does_whatever_their_scale_and_gaps(rng):
    for _ in range(INPUTS // 10):
        x, y = (rng.standard_normal((10, 12)) * 10.0 ** rng.integers(-150, 150, (10, 1)) for _ in range(2))
        x[rng.random(x.shape) < 0.2] = np.nan
        r, pairs = correlate(x, y)
        for row in range(10):
            known = ~np.isnan(x[row])
            expected = stats.pearsonr(x[row, known] / np.nanmax(x[row]), y[row, known] / y[row].max()).statistic
            assert r[row] == pytest.approx(expected * np.sign(np.nanmax(x[row]) * y[row].max())), row
            assert pairs[row] == known.sum()


@pytest.mark.parametrize("value", [0, 0.1, 1 / 3, 7e9, 1e300])
def test_rows_that_do_not_vary_have_no_correlation(value, rng):
    flat, y = np.full((3, 37), float(value)), rng.standard_normal((3, 37))
    flat[0, 5:9] = np.nan
    assert np.isnan(correlate(flat, y)[0]).all() and np.isnan(correlate(y, flat)[0]).all()
    assert (autocorrelation(flat, 3)[:, 1:] == 0).all()


@pytest.mark.parametrize("scale", [1e-100, 1e-7, 1e100])
def test_over_time_the_unit_of_measurement_changes_nothing(scale, rng):
    x, y = World(30, phi=0.5, effect=0.3).changes(rng)
    rows = [
        over_time(x * s, y / s, np.arange(30), ranks=ranks, lags=[0]) for s in (1, scale) for ranks in (True, False)
    ]
    for plain, scaled in zip(rows[:2], rows[2:], strict=True):
        numbers = ["estimate", "low", "high", "p", "n_effective"]
        assert scaled[numbers].to_numpy() == pytest.approx(plain[numbers].to_numpy(), rel=1e-6)


@pytest.mark.parametrize("ranks", [True, False], ids=["spearman", "pearson"])
def test_over_time_what_all_songs_share_to_the_last_digit_links_nothing(ranks, rng):
    _, y = World(30, phi=0.5).changes(rng)
    of_the_artist = np.tile(rng.standard_normal(y.shape[1]) * 0.1, (30, 1))
    rows = judge(over_time(of_the_artist, y, np.zeros(30), ranks=ranks))
    assert rows.estimate.isna().all() and set(rows.status) == {"no_variation"}


@pytest.mark.parametrize("songs", [1, 30])
@pytest.mark.parametrize("sign", [1, -1])
def test_over_time_a_copy_is_a_perfect_link(songs, sign, rng):
    x, _ = World(songs, phi=0.5).changes(rng)
    row = judge(over_time(x, sign * x, np.arange(songs), ranks=True, lags=[0])).iloc[0]
    assert (row.estimate, row.status, row.starred) == (sign, "perfect", True)
    assert np.isnan([row.low, row.high]).all() and row.p < 1e-6


# ---- the family and the summaries


def test_q_is_that_of_statsmodels_and_the_status_says_why_a_number_is_missing(rng):
    for _ in range(200):
        p = rng.random(40) ** rng.choice([1, 4])
        p[rng.random(40) < 0.3] = np.nan
        rows = judge(pd.DataFrame({"p": p, "estimate": np.where(np.isnan(p), np.nan, 0.5), "n_effective": 90.0}))
        expected = multipletests(p[~np.isnan(p)], method="fdr_bh")[1]
        assert rows.q.dropna().to_numpy() == pytest.approx(expected)
        assert (rows.starred == (rows.q <= 0.05)).all()
        assert (rows.status[np.isnan(p)] == "too_few").all()


def test_the_summary_over_units_is_that_of_paule_and_mandel_with_the_error_of_hartung_and_knapp(rng):
    for _ in range(300):
        k = int(rng.integers(2, 12))
        variance = rng.uniform(0.01, 0.1, k)
        z = (
            0.3
            + np.sqrt(rng.choice([0, 0.01, 0.2])) * rng.standard_normal(k)
            + np.sqrt(variance) * rng.standard_normal(k)
        )

        def excess(tau2, z=z, variance=variance):
            weight = 1 / (variance + tau2)
            return weight @ (z - weight @ z / weight.sum()) ** 2 - (len(z) - 1)

        tau2 = optimize.brentq(excess, 0, 100, xtol=1e-12) if excess(0) > 0 else 0
        weight = 1 / (variance + tau2)
        mean = weight @ z / weight.sum()
        error = np.sqrt(weight @ (z - mean) ** 2 / weight.sum() / (k - 1))
        fit = random_effects(z, variance)
        assert (fit.tau2, fit.mean_effect_re) == pytest.approx((tau2, mean), abs=1e-4)
        assert fit.sd_eff_w_re_hksj == pytest.approx(error, rel=1e-2)
        assert fit.test_homogeneity().pvalue == pytest.approx(stats.chi2.sf(excess(0) + k - 1, k - 1))


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
