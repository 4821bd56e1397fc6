"""From pages as people keep them to the marts: what any page says is there, and nothing of it vanishes silently."""

import json
import shutil

import duckdb
import pytest
from conftest import ROOT, crescendo, dbt, project_in

CASES = ROOT / "tests" / "python" / "cases"
DAY = "2026-02-01T00:00:00+00:00"
PAGE = {"offset": 0, "next": None, "previous": None, "limit": 100, "total": 1}
SCORED = {"uuid": "00000007-0000-4000-8000-000000000001", "slug": "ida", "name": "Ida Scored"}
TWICE, LOST = "00000006-0000-4000-8000-000000000001", "00000062-0000-4000-8000-000000000001"
CHART = {"slug": "top", "name": "Top", "platform": "Apple Music", "type": "song", "frequency": "daily"}


def entry(position):
    return {
        "chart": CHART,
        "position": position,
        "entryDate": DAY,
        "rankDate": DAY,
        "song": {"uuid": LOST, "name": "X"},
    }


def page(related, items):
    return json.dumps({"related": related, "items": items, "page": PAGE, "errors": []})


@pytest.fixture(scope="module")
def marts(tmp_path_factory):
    """A warehouse of the cases, built, tests included; what the build said is in `build.txt`."""
    folder = tmp_path_factory.mktemp("mentions")
    environment = project_in(folder)
    score = [{"date": DAY, "score": 3.5, "fanbaseScore": 2.5, "trendingScore": 1.5}]
    owner = {"uuid": TWICE, "slug": "listing-owner", "name": "Listing Owner"}
    loose = folder / "loose"
    loose.mkdir()
    (loose / "scores.json").write_text(page([SCORED], score))
    (loose / "charts.json").write_text(page(owner, [entry(3), entry(40)]))
    shutil.copytree(CASES / "known_only_by_mention" / "in", folder / "landing/soundcharts/2026-02-04")
    shutil.copytree(CASES / "place_twice_on_a_day" / "in", folder / "landing/soundcharts/2026-02-03")
    bodies = CASES / "pages_by_body_only" / "in"
    for words in (
        ["landing", loose, bodies / "search.json"],
        [bodies / "popularity.json", "--source", "soundcharts.artist-popularity"],
        [bodies / "song_streams_90d.json", "--source", "soundcharts.song-audience", "--platform", "SPOTIFY"],
    ):
        done = crescendo(folder, environment, "load", *map(str, words))
        assert done.returncode == 0, done.stderr
    done = dbt(folder, environment, "build", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout
    (folder / "build.txt").write_text(done.stdout)
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        yield folder, lambda sql: connection.execute(sql).fetchall()


def series(subject, metric):
    return f"""
        select o.value from metrics.fct_observations as o
        inner join metrics.dim_series as s using (series_id)
        inner join metrics.dim_subjects as n using (subject_id)
        where n.name = '{subject}' and s.metric_id = '{metric}' order by o.observed_date
    """


def test_a_body_alone_is_enough_for_its_series(marts):
    _, ask = marts
    assert ask(series("Mira Solberg", "spotify:popularity")) == [(41,), (42,), (43,), (44,), (45,)]
    assert ask(series("Low Tide", "spotify:streams")) == [(1000,), (2000,), (3000,), (4000,), (5000,)]
    assert ask(series("Ida Scored", "soundcharts:score")) == [(3.5,)]


def test_an_artist_known_by_a_series_alone_has_its_name(marts):
    folder, ask = marts
    assert ask("select artist_name from audience.dim_artists where artist_id like '00000004%'") == [("Ana Belo",)]
    words = [
        "growth",
        "--by",
        "artist",
        "--name",
        "ana",
        "--metric",
        "popularity",
        "--from",
        "2026-02-01",
        "--to",
        "2026-02-03",
    ]
    done = crescendo(folder, project_in(folder), *words)
    assert (done.returncode, "Ana Belo" in done.stdout) == (0, True), done.stderr


def test_an_artist_known_by_its_identifiers_alone_is_there_with_them(marts):
    _, ask = marts
    assert ask("""
        select a.artist_name, i.platform, i.identifier, i.is_default from audience.dim_identifiers as i
        inner join audience.dim_artists as a using (subject_id)
    """) == [("Only Identified", "spotify", "id5", True)]


def test_listed_songs_belong_to_the_artist_whose_list_it_is(marts):
    _, ask = marts
    assert ask(f"""
        select s.title, b.artist_position, b.is_main_artist from audience.bridge_songs_x_artists as b
        inner join audience.dim_songs as s using (song_id)
        where b.artist_id = '{TWICE}' order by s.title
    """) == [("First", 1, True), ("Second", 1, True), ("X", 1, True)]
    named = "select artist_id from audience.dim_artists where artist_name like 'Listing Owner%'"
    assert ask(named) == [(TWICE,)]


def test_a_place_listed_twice_on_a_day_counts_with_both_and_says_so(marts):
    _, ask = marts
    places = "select value, answer_count from audience.fct_place_observations where place_type = 'city'"
    assert ask(places) == [(1600, 2)]
    found = "select count(*) > 0 from quality.fct_findings where finding_kind = 'listed_twice'"
    assert ask(found) == [(True,)]


def test_an_entry_listed_twice_says_so(marts):
    _, ask = marts
    assert ask(
        "select platform, answer_count from audience.fct_chart_entries join audience.dim_charts using (chart_id)"
    ) == [("apple-music", 2)]
