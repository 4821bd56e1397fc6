"""The estimates in a warehouse, and what people read of them: the front page of a week and the page of an artist."""

import json
import os
import re
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, crescendo, project_in
from crescendo.analysis.insights import store
from crescendo.report.insights import bits
from crescendo.report.sentences import FIGURES

MOST = 10


@pytest.mark.parametrize("words", [("insights",), ("report", "weekly", "--to", "pages")])
def test_a_warehouse_that_was_built_without_counts_asks_for_files_and_not_for_a_build(built, tmp_path, words):
    shutil.copy(built / "crescendo.duckdb", tmp_path)
    with duckdb.connect(str(tmp_path / "crescendo.duckdb")) as connection:
        connection.execute("delete from metrics.platform_completeness")
    said = crescendo(tmp_path, project_in(tmp_path), *words)
    assert said.returncode == 2
    assert "has counts of days: `crescendo load FILE`, then `crescendo build`" in " ".join(said.stderr.split())


@pytest.fixture(scope="module")
def estimated(built, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A folder with the sample's warehouse, in which `crescendo estimate` has run, and its environment."""
    folder = tmp_path_factory.mktemp("estimated")
    shutil.copy(built / "crescendo.duckdb", folder)
    shutil.copy(built / "crescendo.duckdb.maskkey", folder)
    environment = project_in(folder)
    done = crescendo(folder, environment, "estimate", "--format", "json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert 0 < said["forecasts"] < said["series"]
    return folder, environment


def rows(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_table_is_declared_as_it_is_written():
    [declared] = yaml.safe_load((ROOT / "models/staging/estimates/_estimates__sources.yml").read_text())["sources"]
    assert declared["name"] == store.SCHEMA
    described = {
        table["name"]: {column["name"]: column["data_type"] for column in table["columns"]}
        for table in declared["tables"]
    }
    written = {
        table: {name: kind.split()[0] for name, kind in columns.items()} for table, columns in store.TABLES.items()
    }
    assert described == written


def test_a_table_of_an_older_version_is_made_anew():
    with duckdb.connect() as connection:
        connection.execute("create schema estimates; create table estimates.forecasts as select 1 as series_id")
        store.prepare(connection)
        [columns] = connection.execute(
            "select list(column_name order by column_index) from duckdb_columns() where table_name = 'forecasts'"
        ).fetchone()
        assert columns == list(store.TABLES["forecasts"])


def test_every_series_has_a_forecast_or_a_reason(estimated):
    folder, _ = estimated
    series = "select count(*) from metrics.dim_series where metric_id not like 'crescendo:%'"
    # twins are one: only the primary recording has a forecast
    primary = f"{series} and subject_id in (select subject_id from metrics.dim_subjects where is_primary)"
    told = "select count(distinct series_id) from insights.forecasts"
    assert rows(folder, told) == rows(folder, primary)
    shown = "status = 'ok' and horizon_weeks is not null and week_low <= week_value and week_value <= week_high"
    without = "status <> 'ok' and horizon_weeks is null and week_value is null and certainty is null"
    assert rows(folder, f"select count(*) from insights.forecasts where not (({shown}) or ({without}))") == [(0,)]
    beats = "select count(*) from insights.forecasts where status = 'ok' and not forecast_error < naive_error"
    assert rows(folder, beats) == [(0,)]


def test_every_entry_of_a_song_that_is_counted_has_an_effect_or_a_reason(estimated):
    folder, _ = estimated
    told = rows(folder, "select status, effect_ratio, low_ratio, high_ratio from insights.playlist_effects")
    assert told
    for status, effect, low, high in told:
        assert (effect is not None) == (status == "ok")
        assert effect is None or low <= effect <= high


def test_what_was_estimated_of_what_is_gone_is_left_out(estimated, tmp_path):
    """Estimates stay when the files that they are of go, and a build must not fail on them."""
    folder, _ = estimated
    warehouse = tmp_path / "crescendo.duckdb"
    shutil.copy(folder / warehouse.name, warehouse)
    gone = {
        "forecasts": ("series_id", "subject_id = 'song:gone', series_id = 1"),
        "milestones_expected": ("series_id", "series_id = 1"),
        "playlist_effects": ("song_id", "song_id = 'gone'"),
    }
    for table, (key, change) in gone.items():
        with duckdb.connect(str(warehouse)) as connection:
            [[one, count]] = connection.execute(
                f"select {key}, count(*) from estimates.{table} where {key} is not null group by all limit 1"
            ).fetchall()
            [before] = connection.execute(f"select count(*) from insights.{table}").fetchone()
            connection.execute(f"update estimates.{table} set {change} where {key} = ?", [one])
            left = connection.execute(f"select count(*) from insights.{table}").fetchone()
        assert left == (before - count,), table
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update estimates.playlist_effects set playlist_id = 'gone' where playlist_id is not null")
        scopes = connection.execute("select distinct scope from insights.playlist_effects order by all").fetchall()
    assert scopes == [("platform",), ("playlist_type",)]


def test_milestones_are_expected_after_their_newest_value(estimated):
    folder, _ = estimated
    wrong = """
        select count(*) from insights.milestones_expected where threshold <= newest_value
            or (expected_date is null) <> (status not in ('ok', 'open_end'))
            or expected_date < earliest_date or expected_date > latest_date or earliest_date <= observed_date
    """
    assert rows(folder, wrong) == [(0,)]


def test_the_front_page_has_at_most_ten_sentences_each_with_figures_and_evidence(estimated):
    folder, environment = estimated
    done = crescendo(folder, environment, "insights", "--format", "json")
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)
    told = page["insights"]
    assert 0 < len(told) <= MOST
    assert [one["rank"] for one in told] == list(range(1, len(told) + 1))
    surprises = [one["surprise_bits"] for one in told]
    assert surprises == sorted(surprises, reverse=True)
    for one in told:
        assert one["sentence"].endswith(".")
        assert one["name"] in one["sentence"]
        assert set(one["figures"]) <= set(FIGURES[one["kind"]])
        assert one["certainty"] != "low"
        # the evidence is about the subject, and has rows
        assert one["subject"].replace("'", "''") in one["evidence"]
        if one["kind"] != "mover" or one["figures"].get("contribution"):
            assert rows(folder, one["evidence"])


def test_the_front_page_is_said_in_french_and_as_a_page(estimated):
    folder, environment = estimated
    english, french = (
        crescendo(folder, environment, "insights", "--last", "4w", "--lang", language) for language in ("en", "fr")
    )
    assert english.stdout.startswith("What moved, ")
    assert french.stdout.startswith("Ce qui a bougé, ")
    assert len(re.findall(r"^ ?\d+\. ", french.stdout, re.MULTILINE)) == len(
        re.findall(r"^ ?\d+\. ", english.stdout, re.MULTILINE)
    )
    done = crescendo(folder, environment, "insights", "--format", "html", "--to", "week.html")
    assert done.returncode == 0, done.stderr
    page = (folder / "week.html").read_text()
    assert page.count("<li>") == page.count("<details>") > 0
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_a_name_asks_for_its_own_findings(estimated):
    folder, environment = estimated
    [(subject, name)] = rows(
        folder, "select subject, name from insights.movers('2025-05-07', '2025-05-14')"
        " where is_surprising and subject_type = 'song' order by abs(surprise) desc, subject limit 1"
    )  # fmt: skip
    done = crescendo(folder, environment, "insights", "--name", subject, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert {one["subject"] for one in json.loads(done.stdout)["insights"]} == {subject}
    refused = crescendo(folder, environment, "insights", "--name", "nobody is called this")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "closest" in refused.stderr
    assert name


def test_an_artist_has_a_week_on_one_page(estimated):
    folder, environment = estimated
    done = crescendo(folder, environment, "report", "weekly", "--by", "artist", "--top", "2", "--to", "weekly")
    assert done.returncode == 0, done.stderr
    pages = sorted((folder / "weekly").glob("*.html"))
    assert len(pages) == 2
    for path in pages:
        page = path.read_text()
        assert "<svg" in page
        assert 'id="weeks"' in page
        assert not re.search(r"src=|@import|url\(|href=\"[^#]", page)
    done = crescendo(folder, environment, "report", "weekly", "--name", "Morvström", "--to", "m.html", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    assert "semaine du" in (folder / "m.html").read_text()
    refused = crescendo(folder, environment, "report", "weekly")
    assert refused.returncode == 2
    assert "--to weekly/" in refused.stderr


def test_surprise_is_the_rarer_the_larger_and_the_better_known():
    assert bits(0, 12) == 0
    # a chance of 5 in 100 is 4.3 bits: the two-sided 95 percent point of Student's t with 11 degrees of freedom
    assert bits(2.200985, 12) == pytest.approx(4.3219, abs=0.001)
    assert bits(-8, 12) == bits(8, 12) > bits(8, 6) > bits(6, 6)


@pytest.mark.realdata
@pytest.mark.skipif("CRESCENDO_REALDATA" not in os.environ, reason="CRESCENDO_REALDATA names no folder")
def test_the_week_of_real_lists_is_told_end_to_end(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    for path in Path(os.environ["CRESCENDO_REALDATA"], "spotify_top50_daily").glob("*.csv.gz"):
        (landing / path.name).write_bytes(path.read_bytes())
    environment = project_in(tmp_path)
    for words in (("build",), ("estimate",)):
        done = crescendo(tmp_path, environment, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(crescendo(tmp_path, environment, "insights", "--format", "json").stdout)
    assert told["to_date"] == "2024-11-27"
    assert len(told["insights"]) == MOST
    # popularity is forecast, for songs that were in a list for long; a place in a list has no milestone
    by_metric = "select metric, status, count(distinct series_id) from insights.forecasts group by all"
    counts = {(metric, status): count for metric, status, count in rows(tmp_path, by_metric)}
    assert counts["popularity", "ok"] > 50
    assert counts["popularity", "silent"] > 3000
    better = """
        select count(*) from insights.forecast_accuracy
        where metric = 'popularity' and age_group = 'recent' and horizon_weeks = 4
            and forecast_error < 0.9 * naive_error and held_ratio between 0.7 and 0.9
    """
    assert rows(tmp_path, better) == [(1,)]
