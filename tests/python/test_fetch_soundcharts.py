"""Fetching over real HTTP on loopback, from the simulated API, with and without its faults."""

import hashlib
import json
import multiprocessing
import random
import re
import time
from collections import Counter
from datetime import date, timedelta

import httpx
import pytest
from crescendo.http.client import Client, run
from crescendo.http.landing import Landing, only_one
from crescendo.http.server import LISTING, PASSING, Faults, served
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.fetch import ENDPOINTS, Reader
from crescendo.sources.soundcharts.run import Run
from crescendo.sources.soundcharts.simulate import application
from crescendo.sources.soundcharts.world import World
from landings import SINCE, UNTIL, bodies, fetch_artist, fetch_until_killed, items, requests

SANDBOX = "--sandbox"


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue(World(songs=40, days=250))


@pytest.fixture(scope="module")
def artist(catalogue):
    """One with some songs, and not the star, whose every platform would take long."""
    counts = {uuid: len(songs) for uuid, songs in catalogue.songs_of.items() if uuid != catalogue.star}
    return max(sorted(counts), key=counts.get)


@pytest.fixture(scope="module")
def undisturbed(catalogue, artist, tmp_path_factory):
    to = tmp_path_factory.mktemp("undisturbed")
    with served(application(catalogue)) as url:
        assert fetch_artist(url, to, artist, SANDBOX)[0] == 0
    return to


def test_every_document_is_landed_and_its_request_tells_what_it_is(undisturbed, artist):
    found = requests(undisturbed)
    assert {request["document"] for request in found.values()} == ENDPOINTS.keys() - {"artist-search"}
    for name, request in found.items():
        facts = [request["document"], request["uuid"], request.get("platform")]
        facts.append(f"{request['from']}_{request['to']}" if "from" in request else None)
        facts.append(f"p{request['page']:04d}" if "page" in request else None)
        assert name == "__".join(fact for fact in facts if fact)
    for name, body in bodies(undisturbed).items():
        request = found[name.removesuffix(".json")]
        assert request["sha256"] == hashlib.sha256(body).hexdigest()
        assert request["bytes"] == len(body)
    absent = {name for name, request in found.items() if request["status"] != 200}
    assert absent == found.keys() - {name.removesuffix(".json") for name in bodies(undisturbed)}


def test_bodies_are_what_the_server_sends(catalogue, undisturbed):
    headers = {"x-app-id": "soundcharts", "x-api-key": "soundcharts"}
    with served(application(catalogue)) as url, httpx.Client(base_url=url, headers=headers) as http:
        for name, request in random.Random(1).sample(sorted(requests(undisturbed).items()), 40):
            if request["status"] == 200:
                answer = http.get(request["path"], params=request["query"])
                assert answer.content == bodies(undisturbed)[f"{name}.json"]


def test_through_all_faults_the_same_is_landed(catalogue, artist, undisturbed, tmp_path):
    faults = Faults(frozenset((*PASSING, *LISTING)), seed=3, rate=0.3, drip_seconds=2)
    with served(application(catalogue, faults)) as url:
        code, out, err = fetch_artist(url, tmp_path, artist, SANDBOX, "--format", "json", "--timeout", "0.7")
    assert (code, err) == (0, "")
    assert items(tmp_path) == items(undisturbed)
    done = json.loads(out)
    met = set(done["retries"])
    assert {"HTTP 401", "HTTP 429 (rate)", "HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504"} <= met
    assert {"no whole answer within 0.7 s", "cut or foreign body"} <= met
    assert {"page out of order", "items on two pages", "total changed while being read"} <= set(done["notes"])


def test_a_listing_that_moves_is_read_again_and_loses_nothing(catalogue, tmp_path):
    faults = Faults(frozenset(LISTING), rate=1)
    playlists = ("--platform", "spotify")
    with served(application(catalogue)) as url:
        fetch_artist(url, tmp_path / "a", catalogue.star, SANDBOX, *playlists)
    with served(application(catalogue, faults)) as url:
        fetch_artist(url, tmp_path / "b", catalogue.star, SANDBOX, *playlists)
    assert items(tmp_path / "a") == items(tmp_path / "b")
    assert any(request.get("reading", 1) > 1 for request in requests(tmp_path / "b").values())


def pages_of(songs, begin):
    """A server of one listing whose page at an offset begins at `begin(offset)`, time and again."""
    asked = []

    async def app(scope, receive, send):
        offset = int(re.search(rb"offset=(\d+)", scope["query_string"])[1])
        asked.append(offset)
        start = begin(offset)
        block = {"offset": start, "limit": 100, "next": None, "previous": None, "total": len(songs)}
        body = {"items": [{"uuid": song} for song in songs[start : start + 100]], "page": block, "errors": []}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    return app, asked


@pytest.mark.parametrize(
    ("begin", "pages"),
    [
        (lambda offset: offset, [0, 100, 200]),
        (lambda offset: max(offset - 3, 0), [0, 100, 200, 300]),  # every page begins with the end of the last
        (lambda offset: {100: 200, 200: 100}.get(offset, offset), [0, 100, 200]),  # in another order
    ],
)
def test_a_listing_that_is_always_askew_is_read_whole(tmp_path, begin, pages):
    songs = [f"song-{number}" for number in range(300)]
    app, asked = pages_of(songs, begin)

    async def reading(url):
        async with Client(url, landing=Landing(tmp_path)) as client:
            return await Reader(client, None).listing("artist-songs", "somebody")

    with served(app) as url:
        found = run(lambda: reading(url))
    assert sorted(item["uuid"] for item in found) == sorted(songs)
    assert asked == pages


def test_a_song_of_two_artists_is_read_once(catalogue, tmp_path):
    song = next(record for record in catalogue.songs.values() if len(record.artists) > 1)
    artists = [catalogue.world.artist(index).artist_id for index in song.artists[:2]]
    with served(application(catalogue)) as url:
        options = ("--artist", artists[1], "--platform", "deezer", "--format", "json")
        code, out, _ = fetch_artist(url, tmp_path, artists[0], SANDBOX, *options)
    assert code == 0 and json.loads(out)["reused"] == 0
    assert f"song__{song.song_id}.json" in bodies(tmp_path)


def test_killed_at_random_moments_it_goes_on(catalogue, artist, undisturbed, tmp_path):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["landings", "crescendo.cli.fetch", "crescendo.sources.soundcharts.fetch"])
    faults, kills, draw = Faults(), 0, random.Random(11)
    with served(application(catalogue, faults)) as url:
        for _ in range(8):
            process = context.Process(target=fetch_until_killed, args=(url, tmp_path, artist))
            before = faults.served.total()
            process.start()
            wanted, patience = before + draw.randrange(1, 30), time.monotonic() + 10
            while process.is_alive() and faults.served.total() < wanted and time.monotonic() < patience:
                time.sleep(0.001)
            kills += process.is_alive()
            process.kill()
            process.join()
        assert kills >= 5
        code, _, _ = fetch_artist(url, tmp_path, artist, SANDBOX)
    assert code == 0
    assert bodies(tmp_path) == bodies(undisturbed)
    assert requests(tmp_path).keys() == requests(undisturbed).keys()
    # 8 in flight at most when each kill came; all else was asked once
    assert faults.served.total() - len(bodies(undisturbed)) <= kills * 8
    assert not list(tmp_path.glob("*/.*.tmp"))


def test_a_finished_run_asks_nothing_more_that_day(artist, undisturbed):
    run = json.loads(next(undisturbed.glob("*/.run-*.json")).read_bytes())
    code, out, _ = fetch_artist(run["parameters"]["url"], undisturbed, artist, SANDBOX)  # nobody serves there now
    assert code == 0 and "finished today" in out


def test_the_survey_counts_the_calls_that_a_fetch_is_charged(catalogue, artist, tmp_path):
    faults = Faults()
    with served(application(catalogue, faults)) as url:
        first = json.loads(fetch_artist(url, tmp_path, artist, SANDBOX, "--dry-run", "--format", "json")[1])
        assert first["spent"] == faults.served.total()
        assert not list(tmp_path.iterdir())
        before = faults.served.total()
        earlier = ("--since", SINCE, "--until", "2025-05-10")
        assert fetch_artist(url, tmp_path, artist, SANDBOX, *earlier)[0] == 0
        assert faults.served.total() - before <= first["calls"]

        next(tmp_path.glob("2*")).rename(tmp_path / "2025-05-10")  # let it be days ago
        before = faults.served.total()
        survey = json.loads(fetch_artist(url, tmp_path, artist, SANDBOX, "--dry-run", "--format", "json")[1])
        before += survey["spent"]
        assert fetch_artist(url, tmp_path, artist, SANDBOX)[0] == 0
        assert survey["guessed"] == []
        assert faults.served.total() - before == survey["calls"]
        done = json.loads(fetch_artist(url, tmp_path, artist, SANDBOX, "--dry-run", "--format", "json")[1])
        assert done["calls"] == done["spent"] == 0


def test_the_next_window_overlaps_the_last_by_35_days(catalogue, artist, tmp_path):
    with served(application(catalogue)) as url:
        until = ("--until", "2025-05-10", "--platform", "spotify")
        fetch_artist(url, tmp_path, artist, SANDBOX, *until)
        next(tmp_path.glob("2*")).rename(tmp_path / "2025-05-10")
        fetch_artist(url, tmp_path, artist, SANDBOX, "--platform", "spotify")
    windows = {(r["from"], r["to"]) for r in requests(tmp_path).values() if "from" in r}
    overlapping = str(date(2025, 5, 10) - timedelta(35))
    assert windows == {(SINCE, "2025-05-10"), (overlapping, UNTIL)}


@pytest.mark.parametrize(
    ("covered", "since", "expected"),
    [
        (None, None, ("2024-05-26", "2025-05-26")),
        (None, "2023-01-01", ("2023-01-01", "2025-05-26")),
        (("2024-01-01", "2025-05-20"), None, ("2025-04-15", "2025-05-26")),
        (("2024-01-01", "2025-05-20"), "2023-01-01", ("2023-01-01", "2025-05-26")),  # history is filled
        (("2024-01-01", "2025-05-20"), "2025-05-01", ("2025-05-01", "2025-05-26")),  # no more than wanted
    ],
)
def test_windows(tmp_path, covered, since, expected):
    parameters = {"since": since, "until": None}
    if covered:
        other = Run(tmp_path / "2025-05-20", tmp_path / "2025-05-20" / ".run-0.json", {}, date(2025, 5, 20))
        other.windows["series"] = tuple(map(date.fromisoformat, covered))
        other.save({}, finished=True)
    run = Run.open(tmp_path, parameters, date(2025, 5, 26))
    assert tuple(map(str, run.window("series"))) == expected


def test_a_hole_between_two_windows_is_not_taken_for_covered(tmp_path):
    for number, days in enumerate([("2024-01-01", "2024-03-01"), ("2025-01-01", "2025-05-20")]):
        run = Run(tmp_path / "2025-05-20", tmp_path / "2025-05-20" / f".run-{number}.json", {}, date(2025, 5, 20))
        run.windows["series"] = tuple(map(date.fromisoformat, days))
        run.save({}, finished=True)
    run = Run.open(tmp_path, {"since": "2024-01-01", "until": None}, date(2025, 5, 26))
    assert str(run.window("series")[0]) == "2024-01-01"


def test_a_run_over_midnight_keeps_its_day_and_an_old_one_is_begun_anew(tmp_path):
    parameters = {"since": None, "until": None}
    began = Run.open(tmp_path, parameters, date(2025, 5, 20))
    began.save({})
    assert Run.open(tmp_path, parameters, date(2025, 5, 21)) == began
    assert Run.open(tmp_path, parameters, date(2025, 5, 22)).until == date(2025, 5, 22)


def test_absences_are_landed_and_never_retried(catalogue, artist, tmp_path):
    faults = Faults(frozenset(("403", "404")), rate=0.3)
    with served(application(catalogue, faults)) as url:
        # patient, because a busy machine may take its time to answer
        code, out, _ = fetch_artist(url, tmp_path, artist, SANDBOX, "--format", "json", "--timeout", "300")
    assert code == 0
    absent = Counter(request["status"] for request in requests(tmp_path).values())
    assert absent[403] and absent[404]
    assert json.loads(out)["absent"] == {"not in the plan": absent[403], "no data": absent[404]}
    assert json.loads(out)["retries"] == {}
    assert "not included in your plan" in next(r for r in requests(tmp_path).values() if r["status"] == 403)["answer"]


def test_the_quota_stops_a_fetch_and_the_next_day_goes_on(catalogue, artist, undisturbed, tmp_path):
    with served(application(catalogue, Faults(quota=50))) as url:
        code, _, err = fetch_artist(url, tmp_path, artist, SANDBOX)
    assert code == 2 and "quota is used up" in err
    landed = bodies(tmp_path)
    assert 0 < len(landed) <= 50
    assert landed.items() <= bodies(undisturbed).items()


def test_a_quota_429_is_not_waited_for(catalogue, artist, tmp_path):
    faults = Faults(frozenset(("429-quota",)))
    with served(application(catalogue, faults)) as url:
        code, _, err = fetch_artist(url, tmp_path, artist, SANDBOX)
    assert code == 2 and "quota is used up" in err
    assert not bodies(tmp_path)


def test_names_are_looked_up_and_must_be_one_artist(catalogue, tmp_path):
    name = catalogue.artists[catalogue.star].name
    with served(application(catalogue)) as url:
        assert fetch_artist(url, tmp_path, name.upper(), SANDBOX, "--platform", "airplay")[0] == 0
        code, _, err = fetch_artist(url, tmp_path, "e", SANDBOX)
        assert code == 2 and "0 artists are called 'e' exactly" in err
        code, _, err = fetch_artist(url, tmp_path, "nobody at all", SANDBOX)
        assert code == 2 and "found: nobody" in err
        code, _, err = fetch_artist(url, tmp_path, "00000000-0000-4000-8000-000000000000", SANDBOX)
        assert code == 2 and "knows no artist" in err
    assert any(name.startswith("artist-search__") for name in bodies(tmp_path))


def test_two_fetches_do_not_share_a_folder(catalogue, artist, tmp_path):
    with only_one(tmp_path), served(application(catalogue)) as url:
        code, _, err = fetch_artist(url, tmp_path, artist, SANDBOX)
    assert code == 2 and "another fetch is at work" in err


def test_mixed_shapes_are_landed_as_they_come(catalogue, artist, tmp_path):
    with served(application(catalogue, shapes="mixed")) as url:
        assert fetch_artist(url, tmp_path, artist, SANDBOX, "--platform", "spotify", "--platform", "x")[0] == 0
    songs = [json.loads(body)["object"] for name, body in bodies(tmp_path).items() if re.match("song__", name)]
    assert {type(song["isrc"]) for song in songs} >= {str, dict}
    assert {"label" in song for song in songs} == {True, False}


def test_wrong_options_are_explained(tmp_path):
    code, _, err = fetch_artist("http://127.0.0.1:1", tmp_path, "x", SANDBOX, "--platform", "myspace")
    assert code == 2 and "--platform myspace" in err
    code, _, err = fetch_artist("http://127.0.0.1:1", tmp_path, "x", SANDBOX, "--since", "2025-06-01")
    assert code == 2 and "is after --until" in err
