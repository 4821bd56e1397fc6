"""A day of TMDb over real HTTP on loopback, through its faults, and what comes of it once it is loaded."""

import json
from collections import Counter
from datetime import date, timedelta

import duckdb
import pytest
from conftest import ROOT
from crescendo.cli import main
from crescendo.http.answers import message
from crescendo.http.server import PASSING, Disturbed, Faults, served
from crescendo.sources.tmdb import fetch as source
from crescendo.sources.tmdb.simulate import TOKEN, WEB_PAGE, application
from crescendo.sources.tmdb.world import DELETED, ODD, Films
from landings import bodies, fetch, requests

DAY = DELETED - timedelta(1)
FILMS = Films()


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("TMDB_TOKEN", TOKEN)
    monkeypatch.delenv("CRESCENDO_CREDENTIALS", raising=False)


def simulated(day=DAY, kinds=(), **options):
    return application(FILMS, day, Faults(frozenset(kinds), **options))


def landed(url, to, *options, day=DAY, pages=2):
    return fetch("tmdb", url, to, "--date", str(day), "--pages", str(pages), *options)


def listed(pages, day=DAY):
    return [row["id"] for page in range(1, pages + 1) for row in FILMS.page(day, page)["results"]]


def test_lists_details_and_references_of_a_day_are_landed_unchanged(tmp_path):
    with served(simulated()) as url:
        code, _out, err = landed(url, tmp_path)
    assert (code, err) == (0, "")
    found = {name: json.loads(body) for name, body in bodies(tmp_path).items()}
    films = {name for name in found if name.startswith("movie__")}
    assert films == {f"movie__{film}.json" for film in listed(2)}
    assert all(found[name] == FILMS.details(found[name]["id"], DAY) for name in films)
    others = {"genre-list.json", "countries.json", "languages.json", "configuration.json"}
    assert found.keys() - films - others == {f"movie-list__discover__p000{page}.json" for page in (1, 2)}
    assert not [name for name, request in requests(tmp_path).items() if TOKEN in json.dumps(request)]


def test_the_same_day_twice_asks_for_nothing_again(tmp_path):
    app = simulated()
    with served(app) as url:
        landed(url, tmp_path)
        before = Counter(app.faults.served)
        code, out, _ = landed(url, tmp_path)
    assert code == 0 and " 0 answers landed" in out
    assert app.faults.served == before


def test_through_the_faults_of_the_network_the_same_is_landed(tmp_path):
    kinds = [*(set(PASSING) - {"401"}), "html"]
    with served(simulated()) as url:
        landed(url, tmp_path / "plain")
    with served(simulated(kinds=kinds, rate=0.3, drip_seconds=2)) as url:
        code, _, err = landed(url, tmp_path / "faulty", "--timeout", "0.5")
    assert (code, err) == (0, "")
    assert bodies(tmp_path / "faulty") == bodies(tmp_path / "plain")


def test_a_wrong_token_stops_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("TMDB_TOKEN", "a-token-of-somebody-else")
    app = simulated()
    with served(app) as url:
        code, _, err = landed(url, tmp_path)
    assert code == 1 or code == 2
    assert "Invalid API key: You must be granted a valid key" in err and "somebody" not in err
    assert not app.faults.served and max(app.faults.asked.values()) == 1
    assert not bodies(tmp_path)


def test_without_a_token_nothing_is_asked(tmp_path, monkeypatch):
    monkeypatch.delenv("TMDB_TOKEN")
    code, _, err = landed("http://127.0.0.1:9", tmp_path)
    assert code != 0 and "TMDB_TOKEN not set" in err


def test_a_spent_quota_stops_and_keeps_what_was_landed(tmp_path):
    with served(simulated(kinds=["429-quota"])) as url:
        code, _, err = landed(url, tmp_path)
    assert code != 0 and "the quota is used up" in err


def test_web_pages_in_place_of_answers_are_never_landed(tmp_path):
    async def nothing_but_web_pages(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": WEB_PAGE.encode()})

    with served(Disturbed(nothing_but_web_pages, Faults())) as url:
        code, _, err = landed(url, tmp_path)
    assert code != 0 and "cut or foreign body" in err
    assert not bodies(tmp_path)


def test_a_film_that_is_not_there_any_more_is_noted_and_fails_nothing(tmp_path):
    # all films, so that the one that will go is among them
    with served(simulated(DAY)) as url:
        assert landed(url, tmp_path, pages=10)[0] == 0
    with served(simulated(DELETED)) as url:
        code, out, err = landed(url, tmp_path, day=DELETED, pages=1)
    assert (code, err) == (0, "") and "absent: no data 1" in out
    [path] = tmp_path.glob(f"{DELETED}/movie-absences__*.jsonl")
    assert json.loads(path.read_text()) == {
        "movie_id": ODD["deleted"],
        "gone_date": str(DELETED),
        "answer": source.GONE,
    }
    # the others of the day before were asked for too, though the one page does not list them
    assert len(list(tmp_path.glob(f"{DELETED}/movie__*[0-9].json"))) == len(set(listed(10, DAY))) - 1


def test_a_film_on_two_pages_is_asked_for_once(tmp_path):
    twice = [film for film, count in Counter(listed(6)).items() if count > 1]
    assert twice, "choose another day"
    app = simulated()
    with served(app) as url:
        _, out, _ = landed(url, tmp_path, pages=6)
    assert f"film on two pages {len(twice)}" in out
    assert max(app.faults.served.values()) == 1


def test_a_list_of_more_pages_than_are_served_is_cut_by_days_of_release(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LAST_PAGE", 3)
    with served(simulated()) as url:
        code, _, err = landed(url, tmp_path, pages=50)
    assert (code, err) == (0, "")
    pages = [request for request in requests(tmp_path).values() if request["document"] == "movie-list"]
    assert len({request["query"]["primary_release_date.gte"] for request in pages}) > 2
    assert max(int(request["query"]["page"]) for request in pages) <= 3
    films = {int(path.name.split("__")[1].split(".")[0]) for path in tmp_path.glob("*/movie__*[0-9].json")}
    dated = {film for film in FILMS.listed(DAY) if film != ODD["undated"]}
    # a film that pages moved away from is on none of them
    assert films <= dated and len(films) > 0.9 * len(dated)


def test_of_an_earlier_day_there_is_the_export_alone(tmp_path):
    code = main(["fetch", "tmdb", "--date", "2020-01-31", "--to", str(tmp_path)])
    assert code != 0 and not list(tmp_path.glob("*"))
    with served(simulated()) as url:
        assert landed(url, tmp_path, "--export", pages=1)[0] == 0
    [path] = tmp_path.glob(f"{DAY}/movie_ids_{DAY:%m_%d_%Y}.json")
    assert path.read_bytes()[:2] == b"\x1f\x8b"


def test_what_was_fetched_loads_whole_with_its_day(tmp_path, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    with served(simulated()) as url:
        landed(url, tmp_path / "in", "--export")
    assert main(["load", str(tmp_path / "in")]) == 0
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        days = {
            table: connection.execute(f"select distinct asked_load_date from raw_tmdb.{table}").fetchall()
            for table in ("movies", "movie_lists__results", "movie_ids", "genre_lists")
        }
        films = connection.execute("select count(*) from raw_tmdb.movies").fetchall()
    assert days == {key: [(str(DAY),)] for key in days}
    assert films == [(len(set(listed(2))),)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"status_message": "Gone.", "status_code": 34}', "Gone."),
        (b'{"errors": ["query must be provided"]}', "query must be provided"),
        (b'{"errors": [{"key": "http", "code": 429, "message": "Slow down"}]}', "Slow down"),
        (b"<html>", "<html>"),
    ],
)
def test_an_error_is_told_in_the_words_of_its_source(body, said):
    assert message(body) == said


def test_a_page_beyond_the_last_is_refused_and_not_retried(tmp_path):
    app = simulated()
    with served(app) as url:
        import httpx

        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = httpx.get(f"{url}/3/discover/movie?page=501", headers=headers)
        assert (answer.status_code, answer.json()["status_code"]) == (400, 22)
        answer = httpx.get(f"{url}/3/movie/1", headers=headers)
        assert (answer.status_code, answer.json()["status_code"]) == (404, 34)
    assert date(2025, 5, 21) == DAY


def test_without_a_token_the_simulator_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("TMDB_TOKEN", raising=False)
    for words in (
        ["fetch", "tmdb", "--to", str(tmp_path), "--url", "http://127.0.0.1:9"],
        ["check", "--source", "tmdb"],
    ):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert "no credentials: TMDB_TOKEN not set" in said
        assert "`crescendo simulate tmdb`" in said


def test_the_token_that_the_page_of_films_types_is_the_simulators():
    page = " ".join((ROOT / "docs" / "films.md").read_text().split())
    assert f"`TMDB_TOKEN={TOKEN} crescendo fetch tmdb --url http://127.0.0.1:8003`" in page
