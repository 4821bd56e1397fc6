"""Films, from files to the views: what the sample and 32 real days of lists must come out as."""

import gzip
import json
import os
import random
import shutil
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import crescendo, dbt, project_in
from crescendo.manifest import published
from crescendo.sources.tmdb.sample import land_films
from crescendo.sources.tmdb.world import CHANGE, DELETED, END, GAP, ODD

FOLDERS = ("staging/tmdb", "intermediate/films", "marts/films")
MODELS = (*(f"path:models/{folder}" for folder in FOLDERS), "path:tests/films", "dim_dates", "country_continents")
ALSO = ("stg_load_audit__loads", "stg_load_audit__taken_plans", "stg_load_audit__taken_film_days")
ALSO += ("+int_listening_history_resolved", "int_quality_films_found")
MARTS = ("dim_movies", "dim_movie_versions", "fct_movies_daily", "bridge_movies_x_persons", "bridge_movies_x_groups")


def ask(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def build(folder: Path, environment: dict[str, str]) -> None:
    """Build the models of films and run their tests."""
    words = ["build", "--quiet", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    done = dbt(folder, environment, *words, "--select", *MODELS, *ALSO)
    assert done.returncode == 0, done.stdout[-3000:]


# --- the sample --------------------------------------------------------------------------------------------------


def pages(folder: Path) -> dict[date, list[list[dict]]]:
    """The rows of each list page of the sample, by day."""
    found = defaultdict(list)
    for path in sorted((folder / "sample" / "tmdb").glob("*/movie-list__*p????.json")):
        found[date.fromisoformat(path.parent.name)].append(json.loads(path.read_bytes())["results"])
    return found


def exports(folder: Path) -> dict[date, list[dict]]:
    paths = (folder / "sample" / "tmdb").glob("*/movie_ids_*.json.gz")
    return {
        date.fromisoformat(path.parent.name): [json.loads(line) for line in gzip.open(path)] for path in sorted(paths)
    }


def details(folder: Path) -> dict[date, dict[int, dict]]:
    paths = (folder / "sample" / "tmdb").glob("*/movies-*.jsonl")
    return {
        date.fromisoformat(path.parent.name): {film["id"]: film for film in map(json.loads, path.open())}
        for path in paths
    }


def test_a_day_has_each_film_once_and_no_day_is_made_up(built):
    seen = {(day, row["id"]) for day, rows in exports(built).items() for row in rows}
    seen |= {(day, row["id"]) for day, listed in pages(built).items() for page in listed for row in page}
    rows = ask(built, "select snapshot_date, movie_id from films.fct_movies_daily")
    assert len(rows) == len(seen) and set(rows) == seen
    assert (GAP, ODD["former"]) not in seen
    missed = f"select missed_days from films.fct_movies_daily where snapshot_date = '{GAP + timedelta(1)}' group by 1"
    assert ask(built, missed) == [(1,)]


def test_a_film_on_two_pages_is_one_and_the_row_says_which_page_won(built):
    twice = {}
    for day, listed in pages(built).items():
        places = defaultdict(list)
        for number, page in enumerate(listed, 1):
            for row in page:
                places[row["id"]].append(number)
        twice |= {(day, film): found for film, found in places.items() if len(found) > 1}
    assert len(twice) > 10
    found = ask(
        built, "select first_found_date, record_id from quality.fct_findings where finding_kind = 'film_listed_twice'"
    )
    assert {film for _, film in twice} == {int(record.split(":")[1]) for _, record in found}
    won = {
        (day, film): (kind, page, said)
        for day, film, kind, page, said in ask(
            built, "select snapshot_date, movie_id, answer_kind, page_number, said_count from films.fct_movies_daily"
        )
    }
    for key, places in twice.items():
        kind, page, said = won[key]
        assert said >= 3, "two places and an export"
        assert (kind, page) == ("list", min(places)) or kind == "details"


def test_popularity_and_votes_are_those_of_the_answer_that_counts(built):
    expected = {(day, row["id"]): (row["popularity"], None) for day, rows in exports(built).items() for row in rows}
    for day, listed in pages(built).items():
        expected |= {(day, row["id"]): (row["popularity"], row["vote_count"]) for page in listed for row in page}
    for day, films in details(built).items():
        expected |= {(day, film): (row["popularity"], row["vote_count"]) for film, row in films.items()}
    rows = ask(built, "select snapshot_date, movie_id, popularity, vote_count from films.fct_movies_daily")
    assert {(day, film): (popularity, votes) for day, film, popularity, votes in rows} == expected
    ranked = defaultdict(list)
    for (day, film), (popularity, _) in expected.items():
        if film != ODD["adult"]:
            ranked[day].append((-popularity, film))
    first = "select snapshot_date, movie_id, popularity_rank from films.fct_movies_daily where popularity_rank <= 3"
    by_hand = {(day, film): place for day, films in ranked.items() for place, (_, film) in enumerate(sorted(films), 1)}
    assert all(by_hand[day, film] == place for day, film, place in ask(built, first))


OUTCOMES = {
    "untitled": ("title is null", "film_untitled"),
    "undated": ("release_date is null", "film_without_date"),
    "free": ("budget_usd is null", None),
    "endless": ("runtime_minutes is null", None),
    "cheap": ("budget_usd = 5", "budget_implausible"),
    "deleted": (f"is_gone and absence_date = '{DELETED}'", None),
    "adult": ("is_adult", None),
    "coming": (f"release_date > '{END}' and film_status = 'Post Production'", None),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_planted_oddity_has_its_outcome(built, name):
    condition, finding = OUTCOMES[name]
    assert ask(built, f"select {condition} from films.dim_movies where movie_id = {ODD[name]}") == [(True,)]
    kinds = f"select finding_kind from quality.fct_findings where record_id = 'film:{ODD[name]}' group by 1"
    found = {kind for (kind,) in ask(built, kinds)} - {"film_listed_twice"}
    assert found == ({finding} if finding else set())


@pytest.mark.parametrize(
    ("name", "code", "continent"),
    [("stateless", "ZZ", "Unknown"), ("nowhere", "QX", "Unknown"), ("former", "SU", "Europe")],
)
def test_a_country_is_never_dropped(built, name, code, continent):
    place = (
        "select country_code, continent from films.bridge_movies_x_countries inner join films.dim_countries"
        f" using (country_code) where movie_id = {ODD[name]}"
    )
    assert ask(built, place) == [(code, continent)]
    unknown = "select record_id from quality.fct_findings where finding_kind = 'country_unknown'"
    assert ask(built, unknown) == [("QX",)]


def test_nobodys_mean_vote_is_none_and_adults_are_in_no_figure(built):
    unvoted = (
        f"select count(vote_average), max(vote_count) from films.fct_movies_daily where movie_id = {ODD['unvoted']}"
    )
    assert ask(built, unvoted) == [(0, 0)]
    for view in ("vw_movie_latest", "vw_top_movies", "forecast_features", "film_features"):
        assert ask(built, f"select count(*) from films.{view} where movie_id = {ODD['adult']}") == [(0,)]
    subject = f"'film:{ODD['adult']}'"
    assert ask(built, f"select count(*) from metrics.dim_subjects where subject_id = {subject}") == [(0,)]
    assert ask(built, f"select count(*) > 0 from films.fct_movies_daily where movie_id = {ODD['adult']}") == [(True,)]


def test_what_changes_of_a_film_has_its_history(built):
    asked = sorted(details(built))
    first_changed = min(day for day in asked if day >= CHANGE)
    rows = ask(
        built,
        "select version, film_status, valid_from_date, next_version_date, is_newest_version"
        f" from films.dim_movie_versions where movie_id = {ODD['changing']} order by 1",
    )
    assert rows == [
        (1, "Released", asked[0], first_changed, False),
        (2, "Post Production", first_changed, None, True),
    ]
    assert ask(built, "select count(*) from films.dim_movie_versions where version > 1") == [(1,)]


def test_a_person_of_two_jobs_has_two_credits_by_their_weight(built):
    film = ODD["former"]
    crew = details(built)[END][film]["credits"]["crew"]
    assert [row["job"] for row in crew] == ["Director", "Writer", "Original Music Composer"]
    rows = ask(
        built,
        "select person_id, count(*), sum(weight) from films.bridge_movies_x_persons"
        f" where movie_id = {film} and credit_type = 'crew' group by 1",
    )
    jobs = Counter(row["id"] for row in crew)
    assert {person: (count, weight) for person, count, weight in rows} == {
        person: (count, pytest.approx(count / 8)) for person, count in jobs.items()
    }


def test_the_frame_for_forecasting_knows_no_later_day(built):
    """Every column but the targets is the same if the later days are taken away."""
    until = END - timedelta(5)
    values = {(day, row["id"]): row["popularity"] for day, rows in exports(built).items() for row in rows} | {
        (day, row["id"]): row["popularity"] for day, listed in pages(built).items() for page in listed for row in page
    }
    rows = ask(
        built,
        "select movie_id, snapshot_date, average_popularity_of_7_days, popularity_week_before, seen_days_of_7,"
        f" target_popularity_next_day from films.forecast_features where snapshot_date = '{until}'",
    )
    assert len(rows) > 100
    for film, day, average, before, seen, target in rows:
        week = [values[day - timedelta(back), film] for back in range(7) if (day - timedelta(back), film) in values]
        assert (seen, average) == (len(week), pytest.approx(sum(week) / len(week)))
        assert before == values.get((day - timedelta(7), film))
        assert target == values.get((day + timedelta(1), film))


def answers(folder: Path, *words: str) -> list[dict]:
    done = crescendo(folder, project_in(folder), *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_growth_of_votes_is_that_of_the_films(built):
    rows = answers(built, "growth", "--by", "film", "--metric", "vote_count", "--last", "7d")
    votes = {
        (day, film): count
        for day, film, count in ask(built, "select snapshot_date, movie_id, vote_count from films.fct_movies_daily")
    }
    assert len(rows) > 90
    names = {name: film for film, name in ask(built, "select movie_id, title from films.dim_movies")}
    compared = 0
    for row in rows:
        film = names.get(row["name"])
        ends = [votes.get((date.fromisoformat(row[key]), film)) for key in ("from_date", "to_date")]
        if None not in ends and row["status"] == "ok" and row["growth"] is not None:
            assert row["growth"] == ends[1] - ends[0]
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("by", ["genre", "continent", "country", "language", "company", "person", "decade"])
def test_groups_of_films_answer(built, by):
    rows = answers(built, "growth", "--by", by, "--metric", "vote_count", "--last", "7d")
    assert rows and all(row["platform"] == "tmdb" for row in rows)


def test_genres_and_continents_add_up_to_the_films_and_averages_answer(built):
    window = ("--metric", "vote_count", "--last", "7d")
    [platform] = [row for row in answers(built, "growth", "--by", "platform", *window) if row["platform"] == "tmdb"]
    for by in ("genre", "continent"):
        rows = answers(built, "growth", "--by", by, *window)
        assert sum(row["growth"] for row in rows) == pytest.approx(platform["growth"])
    names = {row["name"] for row in answers(built, "averages", "--by", "genre", *window)}
    assert {"Action", "Drama"} <= names


def test_the_views_answer(built):
    latest = ask(built, "select count(*), count(*) filter (where is_latest) from films.vw_movie_latest")
    films = ask(built, "select count(*) from films.dim_movies where not is_adult")
    assert latest == [(films[0][0], films[0][0])]
    top = ask(built, "select movie_id, popularity from films.vw_top_movies order by top_rank")
    assert [value for _, value in top] == sorted((value for _, value in top), reverse=True)
    continents = dict(ask(built, "select continent, movie_count from films.vw_continent_popularity"))
    assert continents["Unknown"] == 2


def test_postgresql_gets_the_keys_and_indexes_of_the_brief(built):
    relations = {one.name: one for one in published(json.loads((built / "target" / "manifest.json").read_text()))}
    facts = relations["fct_movies_daily"]
    # the key serves a film, and its days from the last to the first
    assert facts.primary_key == ("movie_id", "snapshot_date")
    assert {(key.column, key.to.rsplit(".", 1)[1]) for key in facts.foreign_keys} == {
        ("movie_id", "dim_movies"),
        ("snapshot_date", "dim_dates"),
    }
    assert [index.columns for index in facts.indexes] == [("snapshot_date",)]
    for name, key in (
        ("genres", "film_genre_id"),
        ("companies", "company_id"),
        ("countries", "country_code"),
        ("languages", "film_language_code"),
    ):
        bridge = relations[f"bridge_movies_x_{name}"]
        assert bridge.primary_key == ("movie_id", key)
        assert {one.column for one in bridge.foreign_keys} == {"movie_id", key}
        assert (key,) in {index.columns for index in bridge.indexes}
    assert relations["bridge_movies_x_persons"].primary_key == ("credit_id",)
    assert ("continent",) in {index.columns for index in relations["dim_countries"].indexes}
    views = ("vw_movie_latest", "vw_genre_popularity", "vw_top_movies", "vw_continent_popularity")
    assert {relations[name].kind for name in views} == {"view"}


def test_any_order_and_twice_gives_the_same_tables(tmp_path):
    """The sample's files loaded whole, or one by one in another order, some of them twice."""
    found = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = project_in(folder)
        land_films(folder / "tmdb", days=9)
        files = sorted(path for path in (folder / "tmdb").rglob("*") if path.name.endswith((".json", ".jsonl", ".gz")))
        files = [path for path in files if not path.name.endswith(".request.json")]
        random.Random(5).shuffle(files)
        parts = [[folder / "tmdb"]] if number == 0 else [files[:20], files[20:], files[10:30]]
        for part in parts:
            done = crescendo(folder, environment, "load", *map(str, part))
            assert done.returncode == 0, done.stderr
        build(folder, environment)
        found.append({table: sorted(ask(folder, f"from films.{table}"), key=str) for table in MARTS})
    assert found[0] == found[1]
    assert all(found[0].values())


# --- real lists and answers ---------------------------------------------------------------------------------------

real = pytest.mark.skipif("CRESCENDO_REALDATA" not in os.environ, reason="CRESCENDO_REALDATA names no folder")


@pytest.fixture(scope="module")
def real_lists(tmp_path_factory):
    """32 days of real lists under names of their own, loaded and built."""
    folder = tmp_path_factory.mktemp("lists")
    environment = project_in(folder)
    (folder / "landing").mkdir()
    paths = sorted(Path(os.environ["CRESCENDO_REALDATA"], "tmdb_daily_lists").glob("*.json.gz"))
    for number, path in enumerate(reversed(paths)):
        shutil.copy(path, folder / "landing" / f"file{number}.json.gz")
    done = crescendo(folder, environment, "load")
    assert done.returncode == 0, done.stderr
    build(folder, environment)
    return folder


ROWS = "staging.stg_tmdb__daily_list_rows"
# each row beside the one of the same film that comes before it on its day, in the order of the file
BESIDE = f"""
    select
        popularity <> lag(popularity) over before as has_other_popularity,
        vote_count <> lag(vote_count) over before as has_other_votes
    from {ROWS}
    window before as (
        partition by snapshot_date, movie_id
        order by list_position(
            ['trending_day', 'trending_week', 'popular', 'top_rated', 'now_playing', 'upcoming'], film_list
        ), _index
    )
"""
FINDINGS = {
    "rows": (f"select count(*) from {ROWS}", 8320),
    "films": ("select count(*) from films.dim_movies", 353),
    "film-days": ("select count(*) from films.fct_movies_daily", 4593),
    "films of every day": (
        "select count(*) from (select movie_id from films.fct_movies_daily group by 1 having count(*) = 32)",
        67,
    ),
    "twice in a list": (
        "select count(*) from intermediate.int_quality_films_found where finding_kind = 'film_listed_twice'",
        56,
    ),
    "rows that contradict": (f"select count(*) from ({BESIDE}) where has_other_popularity or has_other_votes", 1340),
    "other popularity": (f"select count(*) from ({BESIDE}) where has_other_popularity", 730),
    "other votes": (f"select count(*) from ({BESIDE}) where has_other_votes", 994),
    "disputed film-days": ("select count(*) from films.fct_movies_daily where is_disputed", 908),
    "no votes": (f"select count(*) from {ROWS} where vote_count = 0", 295),
    "released later": (f"select count(*) from {ROWS} where release_date > snapshot_date", 289),
    "no backdrop": (f"select count(*) from {ROWS} where backdrop_path is null", 13),
    "whole means": (f"select count(*) from {ROWS} where vote_average = floor(vote_average)", 592),
    "largest popularity": (f"select cast(max(popularity) as integer) from {ROWS}", 822),
    "pairs of days": ("select count(missed_days) from films.fct_movies_daily", 4240),
    "votes that fell": (
        "select count(*) from (select vote_count < lag(vote_count) over (partition by movie_id order by snapshot_date)"
        " as fell from films.fct_movies_daily) where fell",
        10,
    ),
}


@pytest.mark.realdata
@real
@pytest.mark.parametrize("finding", FINDINGS)
def test_what_was_measured_of_the_real_lists_comes_out_of_a_query(real_lists, finding):
    sql, number = FINDINGS[finding]
    assert ask(real_lists, sql) == [(number,)]


@pytest.mark.realdata
@real
def test_the_recorded_answers_load_whole(tmp_path):
    environment = project_in(tmp_path)
    folder = Path(os.environ["CRESCENDO_REALDATA"], "tmdb_api_responses")
    errors = {"invalid-api-key.json", "resource-not-found.json", "validation-error.json"}
    files = [path for path in sorted(folder.glob("*.json")) if path.name not in errors]
    done = crescendo(tmp_path, environment, "load", *map(str, files))
    assert done.returncode == 0, done.stderr
    rows = ask(tmp_path, "select sum(records_in), sum(records_loaded), sum(rows_rejected) from load_audit.files")
    assert rows == [(462, 462, 0)]
    refused = crescendo(tmp_path, environment, "load", *(str(folder / name) for name in errors))
    assert refused.returncode == 2
    build(tmp_path, environment)
    credited = ask(
        tmp_path,
        "select count(*), count(distinct credit_id), count(distinct person_id), sum(weight)"
        " from films.bridge_movies_x_persons",
    )
    assert credited == [(76 + 187, 76 + 187, 258, pytest.approx(1))]
    unmapped = "select count(*) from films.dim_countries where continent = 'Unknown' and country_code <> 'ZZ'"
    assert ask(tmp_path, unmapped) == [(0,)]
