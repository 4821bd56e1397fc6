"""What the report says of worlds whose truth is known, and of the sample, whose truth is planted."""

import json
import re
import resource
import sys
import time
from multiprocessing import get_context

import duckdb
import numpy as np
import pandas as pd
import pytest
import vl_convert
from conftest import ROOT, crescendo, project_in
from crescendo.analysis.popularity import correlation
from crescendo.analysis.popularity import report as popularity
from crescendo.analysis.popularity.page import figures, page, table
from crescendo.analysis.popularity.verdicts import verdicts
from crescendo.ask import texts
from crescendo.cli import correlate as verb
from crescendo.cli import main
from crescendo.errors import CrescendoError
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from worlds import World

VARIABLES = pd.read_csv(ROOT / "seeds" / "popularity_variables.csv")
COLUMNS = [*VARIABLES["variable"], *VARIABLES["change"].dropna()]


def features(world: World, platform: str = "spotify", title: str = "Song", seed: int = 1) -> pd.DataFrame:
    """A table popularity_features: the score of each song follows its streams as the world says."""
    rng = np.random.default_rng(seed)
    log_streams, score = (side * 0.2 for side in world.levels(rng))
    size = rng.normal(9, 2, (world.songs, 1))
    log_streams, score = log_streams + size, np.round(4 * size + 10 * score)
    songs, weeks = (index.ravel() for index in np.indices(score.shape))
    rows = pd.DataFrame(
        {
            "subject_id": [f"song:{song}" for song in songs],
            "platform": platform,
            "week_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * weeks, "D"),
            "artist_id": world.artist[songs].astype(str),
            "artist": [f"Artist {artist}" for artist in world.artist[songs]],
            "title": title,
            "is_reference_week": weeks == world.weeks - 1,
            "popularity": score.ravel(),
            "popularity_change": np.diff(score, axis=1, prepend=np.nan).ravel(),
            "streams_7d": np.exp(log_streams).ravel(),
            "streams_28d": 4 * np.exp(log_streams).ravel(),
            "streams_7d_log_change": np.diff(log_streams, axis=1, prepend=np.nan).ravel(),
            "age_days": np.repeat(rng.integers(1, 5000, world.songs), world.weeks),
        }
    )
    return rows.assign(**dict.fromkeys(set(COLUMNS) - set(rows.columns), np.nan))


def analyse(rows: pd.DataFrame, seed: int = 0) -> popularity.Analysis:
    return popularity.analyse(rows, VARIABLES, seed=seed, progress=lambda text: None)


def judged(analysis: popularity.Analysis) -> dict[str, str]:
    return {verdict.claim: verdict.verdict for verdict in verdicts(analysis)}


@pytest.fixture(scope="module")
def following() -> popularity.Analysis:
    """80 songs of 40 artists whose score follows their streams a week later."""
    return analyse(features(World(80, weeks=91, phi=0.3, effect=0.5, lag=1, songs_an_artist=2)))


# ---- verdicts


def test_verdicts_follow_from_the_truth(following):
    said = judged(following)
    assert said["Songs that are streamed more now score higher."] == "supported"
    assert said["When the streams of a song rise, its score follows."] == "supported"
    assert said["The score tells in advance where the streams will go."] == "refuted"
    assert said["Age goes with the score where the other numbers are equal."] in ("refuted", "undecided")
    assert said["Recent streams go with the score more closely than the streams so far."] == "unanswered"
    over = following.findings.query("design == 'over time' and starred")
    assert set(over["lag"]) == {1}


def test_a_score_that_leads_is_seen_to_lead():
    said = judged(analyse(features(World(80, weeks=91, effect=0.5, lag=-2))))
    assert said["The score tells in advance where the streams will go."] == "supported"
    assert said["When the streams of a song rise, its score follows."] == "refuted"


def test_without_a_link_over_time_nothing_is_supported_over_time():
    analysis = analyse(features(World(80, weeks=91, phi=0.5)))
    assert not analysis.findings.query("design == 'over time'")["starred"].any()
    assert judged(analysis)["When the streams of a song rise, its score follows."] == "refuted"


def test_a_short_history_answers_across_songs_only():
    said = judged(analyse(features(World(80, weeks=12, effect=0.5))))
    assert said["Songs that are streamed more now score higher."] == "supported"
    assert said["When the streams of a song rise, its score follows."] == "unanswered"


def test_platforms_are_never_mixed_and_what_one_counts_is_tried_on_the_score_of_the_other(following):
    spotify = features(World(80, weeks=91, phi=0.3, effect=0.5, lag=1, songs_an_artist=2))
    deezer = features(World(80, weeks=91, effect=0.4, songs_an_artist=2), "deezer", seed=2)
    found = analyse(pd.concat([spotify, deezer])).findings
    alone = following.findings
    keys = ["design", "variable", "method", "lag"]
    both = alone.merge(found[found["platform"] == "spotify"], on=keys, suffixes=("", "_with"))
    assert len(both) == len(alone)
    pd.testing.assert_series_equal(both["estimate"], both["estimate_with"], check_names=False)
    assert "deezer: streams_28d" in set(found.loc[found["platform"] == "spotify", "variable"])
    summary = found.query("platform == 'all' and variable == 'streams_28d' and method == 'spearman'")
    assert summary["units"].tolist() == [2]


SAME = "The score goes with recent streams in the same way on every platform."


def scored_by(platforms: dict[str, float], songs: int = 150, own: bool = True) -> pd.DataFrame:
    """The same songs scored by several platforms in one week, each by streams and so much noise."""
    rng = np.random.default_rng(7)
    size, parts = rng.normal(9, 2, songs), []
    for platform, noise in platforms.items():
        rows = features(World(songs, weeks=2), platform)[lambda rows: rows["is_reference_week"]]
        streams = size if own or not parts else np.full(songs, np.nan)
        parts.append(
            rows.assign(popularity=np.round(5 * size + noise * rng.standard_normal(songs)), streams_28d=np.exp(streams))
        )
    return pd.concat(parts, ignore_index=True)


def said_of_all(rows: pd.DataFrame) -> tuple[str, str]:
    last = verdicts(analyse(rows))[-1]
    assert (last.platform, last.claim) == ("all", SAME)
    return last.verdict, last.evidence


@pytest.mark.parametrize(
    ("platforms", "songs", "verdict"),
    [
        ({"spotify": 3, "deezer": 3}, 150, "supported"),
        ({"spotify": 3, "deezer": 4, "tidal": 3}, 150, "supported"),
        ({"spotify": 3, "deezer": 3, "tidal": 40}, 150, "refuted"),
        ({"spotify": 20, "deezer": 20}, 40, "undecided"),
    ],
)
@pytest.mark.parametrize("own", [True, False], ids=["own streams", "streams of one platform"])
def test_whether_the_link_is_the_same_on_every_platform_is_answered(platforms, songs, verdict, own):
    said, evidence = said_of_all(scored_by(platforms, songs, own))
    assert said == verdict, evidence
    assert all(platform in evidence for platform in platforms) and f"{len(platforms)} platforms" in evidence
    assert ("spotify: streams of the last 28 days for all" in evidence) != own


def test_where_platforms_cannot_be_compared_it_says_what_is_missing():
    rows = scored_by({"spotify": 3, "deezer": 3}, own=False)
    few = rows[(rows["platform"] == "spotify") | (rows["subject_id"].isin(["song:1", "song:2"]))]
    verdict, evidence = said_of_all(few)
    assert verdict == "unanswered"
    assert "deezer has no streams of its own, and 2 of its songs have those of spotify" in evidence
    assert "deezer has no recent streams" in said_of_all(few.assign(streams_28d=np.nan))[1]


def test_a_summary_over_platforms_puts_only_like_beside_like():
    found = analyse(scored_by({"spotify": 3, "deezer": 5, "tidal": 8})).findings
    summary = found[(found["platform"] == "all") & (found["variable"] == "spotify: streams_28d")]
    one = summary[summary["method"] == "spearman"].iloc[0]
    each = found[(found["method"] == "spearman") & (found["design"] == "across songs") & (found["platform"] != "all")]
    parts = pd.concat([
        each[(each["platform"] == "spotify") & (each["variable"] == "streams_28d")],
        each[each["variable"] == "spotify: streams_28d"],
    ])  # fmt: skip
    fit = combine_effects(
        np.arctanh(parts["estimate"].to_numpy()), parts["error"].to_numpy() ** 2, method_re="iterated"
    )
    assert (one["units"], one["estimate"]) == (3, pytest.approx(np.tanh(fit.mean_effect_re)))
    assert one["heterogeneity_p"] == pytest.approx(fit.test_homogeneity().pvalue)


def test_a_difference_of_two_correlations_has_an_interval_that_covers_it():
    rng, covered = np.random.default_rng(3), []
    for _ in range(1000):
        rows = []
        for r in (0.8, 0.5):
            x = rng.standard_normal(60)
            y = r * x + np.sqrt(1 - r**2) * rng.standard_normal(60)
            found = stats.pearsonr(x, y)
            low, high = found.confidence_interval()
            rows.append(pd.Series({"estimate": found.statistic, "low": low, "high": high}))
        low, high = correlation.difference(*rows)
        covered.append(low <= 0.3 <= high)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_a_link_the_other_way_is_said_to_go_the_other_way():
    analysis = analyse(features(World(80, weeks=91, effect=-0.5, lag=1)))
    said = {verdict.claim: verdict for verdict in verdicts(analysis)}[
        "When the streams of a song rise, its score follows."
    ]
    assert said.verdict == "refuted" and said.evidence.startswith("It moves the other way: -0.")


def test_a_perfect_link_is_supported_without_an_interval():
    rows = scored_by({"spotify": 0}).assign(popularity=lambda rows: rows["streams_28d"].rank())
    analysis = analyse(rows)
    first = verdicts(analysis)[0]
    assert (first.verdict, first.evidence) == (
        "supported",
        "Rank correlation +1.00 (no interval; 150 songs of 150 artists).",
    )
    html = page(analysis)
    assert "nothing scatters" in html and "-0.999" not in html


def test_without_a_score_there_is_nothing_to_analyse():
    with pytest.raises(CrescendoError, match="no song has a popularity score"):
        analyse(features(World(5, weeks=40)).assign(popularity=np.nan))


# ---- controls


def test_controls_pass_and_the_same_seed_draws_the_same(following):
    assert following.controls["passed"].tolist() == [True] * 4
    rows = features(World(80, weeks=91, phi=0.3, effect=0.5, lag=1, songs_an_artist=2))
    pd.testing.assert_frame_equal(analyse(rows).controls, following.controls)
    pd.testing.assert_frame_equal(analyse(rows, seed=5).findings, following.findings)


def test_a_negative_control_that_finds_something_fails():
    shuffled = pd.DataFrame({"p": [0.01] * 12 + [0.5] * 88})
    smooth = pd.DataFrame({"p": [0.5], "estimate": [0.0], "n_effective": [90.0]})
    controls = popularity._controls(popularity.ACROSS, shuffled, smooth)
    assert controls["passed"].tolist() == [True, False]
    shuffled.loc[:20, "p"] = 0.01
    assert not popularity._controls(popularity.ACROSS, shuffled, smooth)["passed"].any()


# ---- the page


def test_the_page_needs_nothing_but_itself_and_every_chart_draws(following):
    html = page(following)
    assert not re.search(r'(src|href)="(https?:)?//', html)
    specs = json.loads(re.search(r"const specs = (.*);\n", html).group(1))
    assert [name.split("_")[0] for name in specs] == ["forest", "scatter", "decades", "lags", "artists"]
    for name, spec in specs.items():
        assert vl_convert.vegalite_to_svg(spec).count("<path") > 5, name
        assert f'<div id="{name}"></div>' in html
    # one table for each chart, and controls, stationarity, every test
    assert html.partition("<script>")[0].count("<table>") == len(specs) + 3
    assert "What causes what" in html and "supported" in html


def test_the_scatter_shows_a_link_that_many_songs_have_and_not_a_stronger_one_of_few():
    rows = features(World(80, weeks=12))
    rows.loc[rows["subject_id"].isin([f"song:{k}" for k in range(8)]), "followers"] = rows["popularity"]
    analysis = analyse(rows)
    few = analysis.findings.query("variable == 'followers' and method == 'spearman'").iloc[0]
    assert (few["estimate"], few["status"]) == (1, "perfect")
    scatter = next(figure for figure in figures(analysis) if figure.name == "scatter_spotify")
    assert scatter.title == "Score of spotify and streams of the last 28 days"


def test_every_number_of_a_chart_is_that_of_the_findings(following):
    drawn = {figure.name.split("_")[0]: figure for figure in figures(following)}
    found = following.findings
    numbers = ["estimate", "low", "high"]
    across = found[(found["design"] == "across songs") & (found["method"] != "pearson on logs")].dropna(
        subset="estimate"
    )
    forest = drawn["forest"].chart.layer[1].data
    assert forest[numbers].to_numpy() == pytest.approx(across[numbers].to_numpy(), nan_ok=True)
    over = found[(found["design"] == "over time") & (found["method"] == "spearman")].dropna(subset="estimate")
    lags = drawn["lags"].chart.data
    assert lags[["lag", *numbers]].to_numpy() == pytest.approx(over[["lag", *numbers]].to_numpy())
    songs = following.songs.dropna(subset=["streams_28d", "popularity"])
    assert drawn["scatter"].table["songs"].sum() == len(songs)
    decades = drawn["decades"].table
    assert decades["songs"].sum() == len(songs)
    tens = songs.groupby(np.floor(np.log10(np.maximum(songs["streams_28d"] / 28, 1))))["popularity"]
    assert decades["median"].tolist() == tens.median().tolist()


def test_titles_cannot_break_out_of_the_page():
    evil = "</script><script>alert(1)</script><b>"
    rows = features(World(30, weeks=12), title=evil)
    html = page(analyse(rows.assign(artist=evil)))
    assert evil not in html and "<script>alert" not in html
    assert "<b>" not in table(pd.DataFrame({"title": [evil]}))


# ---- in French

# what the two languages share: names of methods and people, codes, and words that are spelled alike
SHARED = {
    "all", "spotify", "score", "catalogue", "table", "tests", "points", "place", "playlists", "variable", "variables",
    "artist", "popularity", "correction", "logs", "perfect", "collinear", "adf", "kpss", "spearman", "pearson",
    "bartlett", "paule", "mandel", "hartung", "knapp", "benjamini", "hochberg", "dickey", "fuller", "kwiatkowski",
    "phillips", "schmidt", "shin",
}  # fmt: skip


def words_of(shown: str) -> set[str]:
    return set(re.findall(r"[^\W\d]{3,}", re.sub(r"[a-z]+_[a-z_0-9]+", "", shown.casefold())))


def titles(part: object) -> set[str]:
    """Every title in a chart: of axes, legends and tooltips."""
    if isinstance(part, list):
        return set().union(*map(titles, part))
    if not isinstance(part, dict):
        return set()
    return {part["title"]} - {None} if "title" in part else set().union(*map(titles, part.values()))


def in_language(language: str, monkeypatch) -> tuple[str, str, str, str]:
    """The screen, all of it, the page without its scripts, and its charts' titles, of a small world in a language."""
    monkeypatch.setattr(texts, "_chosen", [language])
    monkeypatch.setenv("COLUMNS", "80")
    variables = VARIABLES.assign(label=VARIABLES["label" if language == "en" else f"label_{language}"])
    rows = features(World(40, weeks=60, phi=0.3, effect=0.5, lag=1, songs_an_artist=2))
    analysis = popularity.analyse(rows, variables, progress=lambda text: None)
    html = re.sub(r"<(script|style)>.*?</\1>|<[^>]*>", " ", page(analysis), flags=re.DOTALL)
    charts = [figure.chart.to_dict() | {"datasets": {}} for figure in figures(analysis)]
    of_charts = " ".join(sorted(titles(charts)))
    return verb._as_screen(analysis), verb._as_table(analysis), html, of_charts


def test_no_english_word_is_left_in_french(monkeypatch):
    english, french = in_language("en", monkeypatch), in_language("fr", monkeypatch)
    assert "supported" in words_of(english[0]) and "étayé" in words_of(french[0])
    for before, after in zip(english, french, strict=True):
        assert words_of(before) & words_of(after) <= SHARED
    assert "correlation of changes" in english[3] and "corrélation des variations" in french[3]
    assert len(french[0].splitlines()) <= verb.MOST_LINES
    assert max(map(len, french[0].splitlines())) <= 80
    assert re.search(r"[+-]0,\d\d \([+-]0,\d\d à", french[0]) and not re.search(r"\d\.\d", french[0])


def test_the_verb_answers_in_french(monkeypatch, tmp_path, capsys):
    file = tmp_path / "x.duckdb"
    monkeypatch.setenv("CRESCENDO_DB", str(file))
    rows = features(World(40, weeks=12))
    with duckdb.connect(str(file)) as connection:
        for schema in ("metrics", "audience", "seeds"):
            connection.execute(f"create schema {schema}")
        connection.register("rows", rows)
        connection.register("variables", VARIABLES)
        connection.execute("create table metrics.popularity_features as select * exclude (title, artist) from rows")
        connection.execute("create table audience.dim_songs as select distinct subject_id, title from rows")
        connection.execute(
            "create table audience.dim_artists as select distinct artist_id, artist as artist_name from rows"
        )
        connection.execute("create table seeds.popularity_variables as from variables")
    assert main(["correlate", "--all", "--lang", "fr"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^étayé +spotify +Les chansons plus écoutées en ce moment ont un score plus élevé", shown, re.M)
    assert "À variables fixées (écoutes des 28 derniers jours)" in shown
    assert main(["correlate", "--platform", "x", "--lang", "fr"]) == 2
    assert "erreur : --platform x : les scores sont connus pour spotify" in capsys.readouterr().err
    with duckdb.connect(str(file)) as connection:  # built before there was another language
        connection.execute("alter table seeds.popularity_variables drop column label_fr")
    assert main(["correlate", "--all", "--lang", "fr"]) == 0
    assert "À variables fixées (streams of the last 28 days)" in capsys.readouterr().out


# ---- the sample


@pytest.fixture
def said_of_the_sample(project, capsys):
    """Ask the verb in the process of the tests: what it ended with, what it said and what it complained of."""

    def ask(*words):
        code = main(["correlate", *words])
        return code, *capsys.readouterr()

    return ask


def test_on_the_sample_every_planted_link_is_found_and_no_other_is_starred(said_of_the_sample):
    code, out, err = said_of_the_sample("--format", "json")
    assert code == 0, err
    found = pd.DataFrame(json.loads(out)["findings"])
    starred = found[found["starred"]]
    across = starred[starred["design"] == "across songs"]
    assert {"streams_28d", "streams_7d", "streams"} <= set(across["variable"])
    # age acts through plays: it may be seen alone, never beside them
    assert set(across["variable"]) <= {"streams_28d", "streams_7d", "streams", "age_days"}
    assert "age_days" not in set(across.loc[across["method"] == "partial spearman", "variable"])
    # the score is the mean of 28 days, held for up to 6: it follows for four weeks and never leads
    lags = set(starred.loc[starred["design"] == "over time", "lag"])
    assert {1, 2, 3} <= lags <= {0, 1, 2, 3, 4}


def test_the_verb_writes_what_it_is_asked_for(said_of_the_sample, tmp_path):
    report = tmp_path / "popularity.html"
    code, _, err = said_of_the_sample("--format", "html", "--to", str(report))
    assert code == 0, err
    assert report.read_text().startswith("<!doctype html>")
    assert "supported   spotify" in said_of_the_sample("--platform", "spotify")[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--platform", "youtube"], "scores are known for"),
        (["--to", "no/such/folder/x.html"], "No such file or directory"),
    ],
)
def test_a_mistake_is_explained(said_of_the_sample, words, says):
    code, _, err = said_of_the_sample(*words)
    assert code == 2
    assert says in err and "Traceback" not in err


def test_before_the_build_it_says_what_to_run(tmp_path):
    done = crescendo(tmp_path, project_in(tmp_path), "correlate")
    assert done.returncode == 2 and "make build" in done.stderr


# ---- size


def measured(songs: int) -> tuple[float, float]:
    """Seconds of processor and GiB that the analysis of so many songs of 56 weeks takes, in a process of its own."""
    rows = features(World(songs, weeks=56, phi=0.3, effect=0.3, songs_an_artist=4, missing=0.02))
    before = time.process_time()
    page(analyse(rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time() - before, peak / 2 ** (30 if sys.platform == "darwin" else 20)


def test_12320_songs_take_less_than_a_minute_and_2_gib():
    with get_context("spawn").Pool(1) as pool:
        seconds, gib = pool.apply(measured, (12_320,))
    assert seconds < 60 and gib < 2
