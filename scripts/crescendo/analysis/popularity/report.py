"""What moves with popularity in a warehouse: every link tried, judged as one family, with its controls."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.tools.sm_exceptions import InterpolationWarning
from statsmodels.tsa.stattools import adfuller, kpss

from crescendo.analysis.popularity import correlation
from crescendo.analysis.popularity.across import across_songs
from crescendo.analysis.popularity.correlation import LEVEL, MIN_SONGS
from crescendo.ask.texts import _
from crescendo.errors import CrescendoError

ACROSS, OVER_TIME = "across songs", "over time"
SHUFFLED, SMOOTHED = "negative: a shuffled score", "positive: the score's own smoothed past"
SHUFFLES = 20  # of the score, for each variable
SMOOTHING = 4  # weeks of the positive control
STATIONARITY_SONGS = 100  # those with the most weeks: the tests take one series at a time


@dataclass(frozen=True)
class Analysis:
    """What was found.

    findings: one row per platform, design, variable, method and lag, as `correlation.judge` leaves them.
    controls: one row per platform, design and control: what was expected, what came, passed.
    songs: one row per platform and song of the reference week, with its title and artist.
    artists: one row per platform and artist: its own estimate of the strongest link over time.
    facts: one row per platform: songs, artists and weeks that the numbers rest on.
    stationarity: one row per platform and series: share of songs that the ADF and KPSS tests call stationary.
    variables: what each variable is called, whether the data hold it or not.
    """

    findings: pd.DataFrame
    controls: pd.DataFrame
    songs: pd.DataFrame
    artists: pd.DataFrame
    facts: pd.DataFrame
    stationarity: pd.DataFrame
    variables: dict[str, str]
    seed: int


@dataclass(frozen=True)
class Platform:
    """The features of one platform that has a score, and what other platforms know of the same songs."""

    code: str
    features: pd.DataFrame
    variables: pd.DataFrame

    @cached_property
    def songs(self) -> pd.DataFrame:
        """The scored songs of the reference week, indexed by subject."""
        rows = self.features[self.features["is_reference_week"] & self.features["popularity"].notna()]
        return rows.set_index("subject_id")

    @cached_property
    def subjects(self) -> pd.Index:
        """The songs of a panel, in its order."""
        return self._first.index

    @cached_property
    def _first(self) -> pd.DataFrame:
        return self.features.drop_duplicates("subject_id").set_index("subject_id")

    def of_songs(self, column: str) -> np.ndarray:
        """A column that does not change over time (artist_id, artist), for the songs of a panel."""
        return self._first[column].to_numpy(dtype=object)

    def panel(self, column: str) -> np.ndarray:
        """A column as [songs, weeks], nan if unknown."""
        songs = self.subjects.get_indexer(self.features["subject_id"])
        weeks = (self.features["week_date"] - self.features["week_date"].min()).dt.days.to_numpy() // 7
        panel = np.full((len(self.subjects), weeks.max() + 1), np.nan)
        panel[songs, weeks] = self.features[column].to_numpy(dtype=float)
        return panel

    def known(self, column: str) -> pd.Series:
        """A column of the reference week on the scale it is compared on."""
        is_log = self.variables.set_index("variable")["is_log"].get(column, False)
        values = self.songs[column].astype(float)
        return np.log1p(values.clip(lower=0)) if is_log else values

    def label(self, variable: str) -> str:
        """What a variable is called."""
        return self.variables.set_index("variable").loc[variable, "label"]

    def held(self, variable: str) -> list[str]:
        """What is held fixed beside a variable: age and catalogue, and recent streams unless it is about streams."""
        held = ["age_days", "catalogue_song_count"]
        if not variable.split(": ")[-1].startswith("streams"):
            held.append("streams_28d")
        enough = len(self.songs) / 2
        return [name for name in held if name != variable and self.songs[name].notna().sum() > enough]


def _of(platform: str) -> str:
    """What comes before the name of a variable that a platform counts."""
    return _("{platform}: ", platform=platform)


def platforms(features: pd.DataFrame, variables: pd.DataFrame) -> Iterator[Platform]:
    """Each platform that scores songs; what other platforms count comes as `<platform>: <variable>`.

    features, variables: the tables popularity_features and popularity_variables.
    """
    features = features.assign(week_date=pd.to_datetime(features["week_date"]))
    borrowed = variables[~variables["variable"].isin(["age_days", "catalogue_song_count"])]
    columns = [*borrowed["variable"], *borrowed["change"].dropna()]
    for code in sorted(features.loc[features["popularity"].notna(), "platform"].unique()):
        own, offered = features[features["platform"] == code], [variables]
        for other, rows in features[features["platform"] != code].groupby("platform"):
            name = {column: f"{other}: {column}" for column in columns}
            there = rows[["subject_id", "week_date", *columns]].rename(columns=name)
            own = own.merge(there, on=["subject_id", "week_date"], how="left")
            offered.append(
                borrowed.assign(
                    variable=borrowed["variable"].map(name),
                    change=borrowed["change"].map(name),
                    label=_of(other) + borrowed["label"],
                )
            )
        yield Platform(code, own.reset_index(drop=True), pd.concat(offered, ignore_index=True))


def analyse(
    features: pd.DataFrame, variables: pd.DataFrame, *, seed: int = 0, progress: Callable[[str], None] = print
) -> Analysis:
    """Try every variable against the score of every platform.

    features, variables: the tables popularity_features (with title and artist) and popularity_variables; seed:
    draws the negative controls, and nothing else is drawn. `progress` is told what is being tried.
    """
    rng = np.random.default_rng(seed)
    found, controls, songs, artists, facts, stationary = [], [], [], [], [], []
    for platform in platforms(features, variables):
        across, over = _across(platform, rng, progress), _over_time(platform, rng, progress)
        for rows, tried in (across, over):
            found.append(rows.assign(platform=platform.code))
            controls.append(tried.assign(platform=platform.code))
        songs.append(platform.songs.reset_index())
        artists.append(_by_artist(platform, over[0]).assign(platform=platform.code))
        facts.append(_facts(platform))
        progress(_of(platform.code) + _("are levels and changes stationary?"))
        stationary.append(_stationarity(platform).assign(platform=platform.code))
    if not found:
        raise CrescendoError(
            _("no song has a popularity score in the warehouse: load a source that gives one, then run `dbt build`")
        )
    found = pd.concat(found, ignore_index=True)
    found = correlation.judge(pd.concat([found, _over_platforms(found)], ignore_index=True))
    controls, songs, artists, stationary = (
        # an empty part has no types, and would take them from the others
        pd.concat([one for one in part if len(one)] or part, ignore_index=True)
        for part in (controls, songs, artists, stationary)
    )
    labels = dict(zip(variables["variable"], variables["label"], strict=True))
    return Analysis(found, controls, songs, artists, pd.DataFrame(facts), stationary, labels, seed)


def _across(platform: Platform, rng: np.random.Generator, progress: Callable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings and controls of the reference week."""
    score, artist = platform.songs["popularity"].astype(float), platform.songs["artist_id"]
    rows, shuffled = [], []
    for variable in platform.variables.itertuples():
        if not platform.songs[variable.variable].notna().any():
            continue
        progress(f"{_of(platform.code)}{variable.label}, {_(ACROSS)}")
        held = platform.held(variable.variable)
        known = pd.concat([score, *(platform.known(name) for name in [variable.variable, *held])], axis=1)
        alone, both = known.iloc[:, :2].dropna(), known.dropna()
        for method, columns, ranks in (
            ("spearman", alone, True),
            ("pearson on logs", alone, False),
            ("partial spearman", both, True),
        ):
            if method == "partial spearman" and not held:
                continue
            row = across_songs(columns.to_numpy(), artist[columns.index].to_numpy(), ranks=ranks)
            rows.append(
                row
                | {"design": ACROSS, "variable": variable.variable, "label": variable.label, "method": method}
                | ({"held": ", ".join(platform.label(name) for name in held)} if method == "partial spearman" else {})
            )
        for _shuffle in range(SHUFFLES):
            columns = np.column_stack([rng.permutation(alone.iloc[:, 0]), alone.iloc[:, 1]])
            shuffled.append(across_songs(columns, artist[alone.index].to_numpy(), ranks=True))
    week = (platform.songs["week_date"].max() - platform.features["week_date"].min()).days // 7
    own = pd.Series(_past_mean(platform.panel("popularity"))[:, week], index=platform.subjects).reindex(score.index)
    pair = pd.concat([score, own], axis=1).dropna()
    smooth = across_songs(pair.to_numpy(), artist[pair.index].to_numpy(), ranks=True)
    return pd.DataFrame(rows), _controls(ACROSS, pd.DataFrame(shuffled), pd.DataFrame([smooth]))


def _over_time(platform: Platform, rng: np.random.Generator, progress: Callable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings and controls of the weekly changes."""
    score, artists = platform.panel("popularity_change"), platform.of_songs("artist_id")
    rows, shuffled = [], []
    for variable in platform.variables.dropna(subset="change").itertuples():
        x, y, known = _changes(platform, variable.change)
        if not len(x):
            continue
        for method in ("spearman", "pearson"):
            progress(f"{_of(platform.code)}{variable.label}, {_(OVER_TIME)}, {method}")
            found = correlation.over_time(x, y, artists[known], ranks=method == "spearman")
            rows.append(
                found.assign(
                    design=OVER_TIME, variable=variable.variable, label=variable.label,
                    method="spearman" if method == "spearman" else "pearson on logs",
                )
            )  # fmt: skip
        progress(f"{_of(platform.code)}{variable.label}, {_(OVER_TIME)}, {_('against the score of another song')}")
        shuffled.append(correlation.over_time(x, _of_another(y, rng), artists[known], ranks=True))
    scored = (~np.isnan(score)).sum(axis=1) >= correlation.MIN_WEEKS
    own = _past_mean(score)
    smooth = correlation.over_time(own[scored], score[scored], artists[scored], ranks=True, lags=range(-SMOOTHING, 0))
    empty = pd.DataFrame(columns=["design", "variable", "label", "method", "lag", "n_effective"])
    return (
        pd.concat(rows, ignore_index=True) if rows else empty,
        _controls(OVER_TIME, pd.concat(shuffled, ignore_index=True) if rows else empty, smooth),
    )


def _changes(platform: Platform, change: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weekly changes of a variable and of the score, for the songs that have enough of both; and which those are."""
    x, y = platform.panel(change), platform.panel("popularity_change")
    known = (~np.isnan(x) & ~np.isnan(y)).sum(axis=1) >= correlation.MIN_WEEKS
    return x[known], y[known], known


def _of_another(score: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The score of another song, which keeps seasons and memory; of few songs the same weeks in another order."""
    if len(score) >= MIN_SONGS:
        order = rng.permutation(len(score))
        other = np.empty_like(order)
        other[order] = np.roll(order, 1)  # a cycle through all songs: none keeps its own score
        return score[other]
    return rng.permuted(score, axis=1)


def _past_mean(panel: np.ndarray) -> np.ndarray:
    """Mean of the SMOOTHING weeks before each week; [songs, weeks]."""
    past = pd.DataFrame(panel).T.rolling(SMOOTHING, min_periods=1).mean().shift(1)
    return past.T.to_numpy()


def _controls(design: str, shuffled: pd.DataFrame, smooth: pd.DataFrame) -> pd.DataFrame:
    """Whether the method finds nothing in a shuffled score, and the score in its own smoothed past."""
    p = shuffled["p"].dropna() if "p" in shuffled else pd.Series(dtype=float)
    below = int((p < LEVEL).sum())
    chance = stats.binomtest(below, len(p), LEVEL, alternative="greater").pvalue if len(p) else np.nan
    found = correlation.judge(smooth)
    negative = {
        "design": design,
        "control": SHUFFLED,
        "tests": len(p),
        "below_5_percent": below,
        "passed": bool(chance > 0.001) if len(p) else None,  # one run in a thousand fails by chance
    }
    positive = {
        "design": design,
        "control": SMOOTHED,
        "tests": int(found["p"].notna().sum()),
        "below_5_percent": int((found["p"] < LEVEL).sum()),
        "passed": bool(found["starred"].any()) if len(correlation.believable(found)) else None,
    }
    return pd.DataFrame([negative, positive])


def _by_artist(platform: Platform, found: pd.DataFrame) -> pd.DataFrame:
    """The strongest link over time, artist by artist: name, songs, lag, estimate, low, high."""
    found = correlation.believable(found)
    spearman = found[found["method"] == "spearman"]
    if spearman.empty:
        return pd.DataFrame(columns=["artist", "songs", "variable", "lag", "estimate", "low", "high"])
    best = spearman.loc[spearman["estimate"].abs().idxmax()]
    change = platform.variables.set_index("variable").loc[best["variable"], "change"]
    x, y, known = _changes(platform, change)
    if len(x) >= MIN_SONGS:
        x, y = correlation.without_the_market(x, y)
    songs = correlation.songs_over_time(x, y, ranks=True, lags=[int(best["lag"])])
    z, variance = songs.z[:, 0], songs.variance[:, 0]
    codes, names = pd.factorize(platform.of_songs("artist")[known], use_na_sentinel=False)
    mean, error = correlation.by_unit(z, variance, codes)
    half = stats.norm.isf(LEVEL / 2) * np.sqrt(error)
    return pd.DataFrame(
        {
            "artist": names, "songs": np.bincount(codes, ~np.isnan(z)).astype(int),
            "variable": best["variable"], "lag": int(best["lag"]), "estimate": np.tanh(mean),
            "low": np.tanh(mean - half), "high": np.tanh(mean + half),
        }
    ).dropna(subset="estimate")  # fmt: skip


def _stationarity(platform: Platform) -> pd.DataFrame:
    """Share of songs whose series is stationary: ADF rejects a unit root, KPSS does not reject stationarity."""
    rows = []
    for name in ("popularity", "popularity_change", "streams_7d", "streams_7d_log_change"):
        panel = platform.panel(name)
        if not name.endswith("change"):
            panel = np.log1p(panel) if name == "streams_7d" else panel
        longest = np.argsort((~np.isnan(panel)).sum(axis=1), kind="stable")[::-1][:STATIONARITY_SONGS]
        series = [song[~np.isnan(song)] for song in panel[longest]]
        series = [song for song in series if len(song) >= correlation.MIN_EFFECTIVE and song.std() > 0]
        if not series:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InterpolationWarning)  # a p beyond the table is reported as its edge
            adf = np.mean([adfuller(song, maxlag=4, result_object=True).pvalue < LEVEL for song in series])
            still = np.mean([kpss(song, nlags="auto", result_object=True).pvalue >= LEVEL for song in series])
        rows.append({"series": name, "songs": len(series), "adf_stationary": adf, "kpss_stationary": still})
    return pd.DataFrame(rows, columns=["series", "songs", "adf_stationary", "kpss_stationary"])


def _facts(platform: Platform) -> dict:
    """What the numbers of a platform rest on."""
    rows = platform.features[platform.features["popularity"].notna()]
    return {
        "platform": platform.code,
        "songs": rows["subject_id"].nunique(),
        "artists": rows["artist_id"].nunique(),
        "reference_week": platform.songs["week_date"].max().date(),
        "songs_compared": len(platform.songs),
        "first_week": rows["week_date"].min().date(),
        "last_week": rows["week_date"].max().date(),
        "unchanged_weeks": float((rows["popularity_change"].dropna() == 0).mean()),
    }


def _over_platforms(found: pd.DataFrame) -> pd.DataFrame:
    """Random-effects summary of each link that two platforms or more have; scores are never mixed, only their links.

    What a platform counts itself is summarised twice: beside what the others count themselves, and beside their
    links with its own numbers (`<platform>: <variable>`).
    """
    keys = ["design", "variable", "label", "method", "lag", "held"]
    found = found.reindex(columns=found.columns.union([*keys, "error"], sort=False))
    usable = correlation.believable(found).dropna(subset="error")
    own = usable[~usable["variable"].astype(str).str.contains(": ")]
    named = own.assign(
        variable=own["platform"] + ": " + own["variable"], label=own["platform"].map(_of).astype(object) + own["label"]
    )
    links = pd.concat([usable, named], ignore_index=True).groupby(keys, dropna=False)
    rows = [dict(zip(keys, key, strict=True)) | _summary(rows) for key, rows in links if len(rows) > 1]
    return pd.DataFrame(rows, columns=None if rows else found.columns)


def _summary(links: pd.DataFrame) -> dict:
    """One link over platforms; heterogeneity_p: whether it differs between them (Cochran's Q)."""
    fit = correlation.random_effects(np.arctanh(links["estimate"].to_numpy(float)), links["error"].to_numpy(float) ** 2)
    # two or three platforms may agree by chance, and mostly count the same songs
    error, df = max(fit.sd_eff_w_re_hksj, fit.sd_eff_w_re), len(links) - 1
    return correlation.interval(fit.mean_effect_re, error, stats.t.isf(LEVEL / 2, df)) | {
        "platform": "all", "unit": "platform", "units": len(links), "n": links["n"].sum(),
        "p": 2 * stats.t.sf(abs(fit.mean_effect_re) / error, df), "n_effective": links["n_effective"].sum(),
        "i2": correlation.i2(fit), "heterogeneity_p": fit.test_homogeneity().pvalue,
    }  # fmt: skip
