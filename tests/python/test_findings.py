"""Data cannot break a build: what is wrong with it is found, counted and shown. A broken promise is a fault of ours."""

import json
import shutil
from pathlib import Path

import dirt
import duckdb
import pytest
from conftest import ROOT, crescendo, project_in
from reports import song

# every kind that the dirty landing holds, how often, and of what
FOUND = {
    "bad_duration": 2,
    "budget_implausible": 1,
    "country_unknown": 1,
    "date_impossible": 9,
    "date_in_the_future": 7,
    "email_invalid": 1,
    "email_missing": 1,
    "extraction_incomplete": 3,
    "film_genre_unknown": 1,
    "film_listed_twice": 1,
    "film_unknown": 1,
    "film_untitled": 1,
    "film_without_date": 1,
    "isrc_malformed": 1,
    "metric_uncatalogued": 1,
    "no_tracks": 1,
    "no_user": 1,
    "partner_growth_unexplained": 1,
    "place_below_one": 2,
    "platform_uncatalogued": 1,
    "value_above_range": 41,
    "summary_metric_unknown": 1,
    "unknown_track": 1,
    "unknown_user": 1,
    "value_negative": 1,
    "value_too_large": 17,
}


# a test of the project, and what is put in its place: a promise that is broken
PROMISE = Path("tests", "listening", "listens_add_up_at_every_grain.sql")
NEVER_KEPT = "select * from {{ ref('int_listening_observations') }} limit 3"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A folder with the dirty landing, built with a broken promise: what `build`, `growth` and `status` said then."""
    folder = tmp_path_factory.mktemp("dirty")
    dirt.land(folder / "landing")
    environment = project_in(folder)
    (folder / "tests").unlink()
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("python"))
    (folder / PROMISE).write_text(NEVER_KEPT)
    asked = ("growth", "--from", "2026-01-05", "--to", "2026-02-04", "--format", "json")
    return folder, {words[0]: crescendo(folder, environment, *words) for words in (("build",), asked, ("status",))}


@pytest.fixture(scope="module")
def dirty(broken: tuple[Path, dict]) -> Path:
    """The folder when the promise is mended and `crescendo build` has built it again."""
    folder, _said = broken
    shutil.copy(ROOT / PROMISE, folder / PROMISE)
    done = crescendo(folder, project_in(folder), "build")
    assert done.returncode == 0, done.stderr
    (folder / "summary.txt").write_text(done.stdout)
    return folder


def ask(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_what_is_wrong_with_the_data_is_found_and_the_build_passes(dirty):
    counts = "select finding_kind, sum(finding_count)::int from quality.fct_findings group by all"
    assert dict(ask(dirty, counts)) == FOUND
    assert "kinds of things wrong in the data" in (dirty / "summary.txt").read_text()


def test_status_shows_each_kind_with_count_example_and_meaning(dirty):
    done = crescendo(dirty, project_in(dirty), "status", "--format", "json")
    assert done.returncode == 0, done.stderr
    shown = {row["finding_kind"]: row for row in json.loads(done.stdout)["findings"]}
    assert {kind: row["finding_count"] for kind, row in shown.items()} == FOUND
    assert all(row["meaning"] for row in shown.values())
    scores = shown["value_above_range"]
    assert (scores["example"]["example"], scores["is_set_aside"]) == ("101", True)
    assert scores["example"]["file_path"].endswith("report.csv")
    words = " ".join(crescendo(dirty, project_in(dirty), "status").stdout.split())
    assert f"Findings about the data ({len(FOUND)}, the first " in words
    words = " ".join(crescendo(dirty, project_in(dirty), "status", "--all").stdout.split())
    assert f"Findings about the data ({len(FOUND)})" in words
    assert all(kind in words for kind in FOUND)


def test_an_address_is_in_no_finding(dirty):
    assert ask(dirty, "select count(*) from quality.fct_findings as f where f::varchar like '%no address%'") == [(0,)]


def test_what_the_catalogue_lacks_has_its_growth(dirty):
    grown = """
        select subject, metric, growth, status from metrics.series_growth('2026-01-05', '2026-02-04')
        where platform = 'newtube'
    """
    assert ask(dirty, grown) == [(f"artist:{dirt.ARTIST.format(1)}", "followers", 300, "ok")]
    assert ask(dirty, "select platform, is_catalogued from metrics.dim_platforms where not is_catalogued") == [
        ("newtube", False)
    ]


def test_no_growth_rests_on_a_day_that_cannot_be(dirty):
    days = "select min(observed_date)::varchar, max(observed_date) < current_date + 2 from metrics.fct_observations"
    assert ask(dirty, days) == [("2026-01-01", True)]
    kinds = "select distinct place, finding_kind from quality.fct_findings where finding_kind like 'date_%'"
    early, late = ("date_impossible",), ("date_in_the_future",)
    both = {place: kinds for kinds, places in {
        early: ("call_attempts, called_at", "spotify, artist-listening"),
        early + late: ("a report", "films, list", "leads, created_at", "listen_history", "media_spend, date",
                       "spotify:chart_position"),
    }.items() for place in places}  # fmt: skip
    assert set(ask(dirty, kinds)) == {(place, kind) for place, kinds in both.items() for kind in kinds}
    # the calendar of the leads has two days, not two thousand years
    assert ask(dirty, "select count(*), max(day_date)::varchar from intermediate.int_leads_days_dated") == [
        (2, "2026-02-02")
    ]
    # a lead without a moment that can be is still a lead
    assert ask(dirty, "select count(*), count(created_date) from leads.fct_leads") == [(4, 2)]


def test_no_growth_rests_on_a_score_above_its_range(dirty):
    values = """
        select count(*) from metrics.fct_observations inner join metrics.dim_series using (series_id)
        where metric_id = 'spotify:popularity' and value > 100
    """
    assert ask(dirty, values) == [(0,)]
    grown = f"""
        select growth, growth_pct from metrics.song_growth('2026-01-05', '2026-02-04')
        where subject = 'song:{song(2)["song_id"]}' and metric = 'popularity'
    """
    assert ask(dirty, grown) == []


def test_what_is_set_aside_takes_no_answer_away(dirty):
    grown = f"""
        select growth, status from metrics.song_growth('2026-01-05', '2026-02-04')
        where subject = 'song:{song(1)["song_id"]}' and metric = 'streams'
    """
    # the chart ends weeks before the other series of its platform
    assert ask(dirty, grown) == [(300, "partial_window")]


def test_a_broken_promise_is_named_first_and_takes_no_answer_away(broken):
    _folder, said = broken
    assert said["build"].returncode == 1
    first, *rest = said["build"].stderr.splitlines()
    assert first == (
        "error: a promise of Crescendo is broken: listens_add_up_at_every_grain."
        " This is a fault of ours, not of your files."
    )
    assert "3 rows break it" in rest[0]
    assert any("run_results.json" in line for line in rest)
    grown, status = said["growth"], said["status"]
    assert grown.returncode == 0, grown.stderr
    assert "warning: a promise of Crescendo is broken" in grown.stderr
    assert {row["name"] for row in json.loads(grown.stdout)} >= {song(1)["title"]}
    assert (status.returncode, "listens_add_up_at_every_grain (3 rows" in status.stderr) == (1, True)


def test_a_broken_promise_that_is_mended_is_built_again_and_all_is_well(dirty):
    assert not (dirty / "summary.txt").read_text().startswith("Nothing has changed")
    assert crescendo(dirty, project_in(dirty), "status").returncode == 0
