"""The stand-ins: shapes, bounds, errors and planted quirks as the references describe them."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest
from click.testing import CliRunner
from crescendo.cli import main
from crescendo.cli.simulate import simulate_command
from crescendo.errors import CrescendoError
from crescendo.http.server import Faults, served, switched_on
from crescendo.sources.moovitamix import simulate as moovitamix
from crescendo.sources.soundcharts import simulate as soundcharts
from crescendo.sources.soundcharts.catalogue import COUNTED, FOLLOWED, Catalogue
from crescendo.sources.soundcharts.report import time_series_json
from crescendo.sources.soundcharts.series import ABSENT
from crescendo.sources.soundcharts.world import World

DAY = date(2025, 3, 1)
HEADERS = {"x-app-id": "soundcharts", "x-api-key": "soundcharts"}
WINDOW = {"startDate": "2024-01-01", "endDate": "2025-05-26"}


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue(World(songs=40, days=250))


@pytest.fixture(scope="module")
def api(catalogue):
    with (
        served(soundcharts.application(catalogue)) as url,
        httpx.Client(base_url=url, headers=HEADERS) as http,
    ):
        yield http


@pytest.fixture(scope="module")
def old_api(catalogue):
    app = soundcharts.application(catalogue, shapes="old")
    with served(app) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        yield http


def everything(http, path, **query):
    """All items of a listing, page by page."""
    items, offset = [], 0
    while True:
        answer = http.get(path, params={**WINDOW, **query, "offset": offset}).raise_for_status().json()
        items += answer["items"]
        if answer["page"]["next"] is None:
            assert len(items) == answer["page"]["total"]
            return items
        assert answer["page"]["next"].startswith(f"{path}?")
        offset += 100


def star(catalogue, path):
    return f"/api/v2/artist/{catalogue.star}/{path}"


def flagged(catalogue, flag):
    return next(song for song, record in catalogue.songs.items() if flag in record.flags)


# Soundcharts


def test_envelopes(api, catalogue):
    artist = api.get(f"/api/v2.9/artist/{catalogue.star}").json()
    assert list(artist) == ["type", "object", "errors"] and artist["type"] == "artist"
    assert artist["object"].keys() >= {
        "uuid",
        "slug",
        "name",
        "countryCode",
        "genres",
        "careerStage",
        "cityName",
    }
    series = api.get(star(catalogue, "streaming/spotify/listening"), params=WINDOW).json()
    assert list(series) == ["related", "items", "page", "errors"]
    assert series["related"].keys() == {"artist", "platform", "lastCrawlDate"}
    assert series["page"].keys() == {"offset", "limit", "next", "previous", "total"}
    assert isinstance(api.get(star(catalogue, "soundcharts/score"), params=WINDOW).json()["related"], list)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/api/v2.9/artist/00000000-0000-4000-8000-000000000000", {}, 404),
        ("{star}/audience/myspace", {}, 404),
        ("{star}/audience/spotify", {"limit": 101}, 400),
        ("{star}/audience/spotify", {"limit": "x"}, 400),
        ("{star}/audience/spotify", {"startDate": "1.1.2025"}, 400),
        ("/api/v2/artist/search/e", {"limit": 21}, 400),
        ("/api/v2/artist/search/nobody at all", {}, 404),
    ],
)
def test_errors_have_the_sources_form(api, catalogue, path, query, status):
    answer = api.get(path.format(star=star(catalogue, "")[:-1]), params=query)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["code"] == status


def test_credentials_are_asked_for(api):
    assert httpx.get(api.base_url.join("/api/v2/team/usage")).status_code == 401


def test_songs_of_the_api_are_those_of_the_report(catalogue, api):
    for song, record in catalogue.songs.items():
        report = {
            point["date"][:10]: point["spotify-streams"]
            for point in json.loads(time_series_json(record))
            if "spotify-streams" in point
        }
        items = everything(api, f"/api/v2/song/{song}/audience/spotify", startDate="2020-01-01")
        assert {item["date"][:10]: sum(plot["value"] for plot in item["plots"]) for item in items} == report
        days = [item["date"] for item in items]
        assert days == sorted(days, reverse=True)


def test_a_halved_counter_is_two_identifiers_and_then_one(catalogue, api):
    song = flagged(catalogue, "halved")
    halved = str(catalogue.songs[song].dirt["halved"][0])
    items = everything(api, f"/api/v2/song/{song}/audience/spotify", startDate="2020-01-01")
    assert {len(item["plots"]) for item in items if item["date"][:10] < halved} == {2}
    assert {len(item["plots"]) for item in items if item["date"][:10] >= halved} == {1}
    largest = [max(plot["value"] for plot in item["plots"]) for item in reversed(items)]
    assert max(abs(np.diff(largest)) / np.array(largest[1:])) < 0.05  # no fall in the maximum


def test_quirks_of_the_star(catalogue, api):
    zeros = [item["followerCount"] for item in everything(api, star(catalogue, "audience/soundcloud"))]
    assert zeros[:14] == [0] * 14 and min(zeros[14:]) > 0
    insta = everything(api, star(catalogue, "audience/instagram"))
    counts = [item["followerCount"] for item in insta]
    assert counts.count(1) == 1 and counts[counts.index(1) - 1] > 1000
    days = [date.fromisoformat(item["date"][:10]) for item in insta]
    assert {later - day for day, later in pairwise(days)} == {timedelta(2)}
    drop = np.array([item["followerCount"] for item in everything(api, star(catalogue, "audience/facebook"))])
    change = np.diff(drop) / drop[:-1]
    assert change.min() == pytest.approx(-0.016, abs=0.002) and np.sort(change)[1] > -0.001
    assert drop[change.argmin() + 10] < drop[change.argmin()]  # not regained
    rated = everything(api, star(catalogue, "popularity/spotify"))
    assert [item["value"] for item in rated[:8]] == [0] * 7 + [rated[7]["value"]]
    assert 0.4 < len(rated) / 250 < 0.7


def test_days_are_stamped_in_paris_and_in_utc_and_stay_the_same_days(catalogue, api):
    items = everything(api, star(catalogue, "popularity/spotify"))
    assert {item["date"][19:] for item in items} == {"+02:00", "+01:00", "+00:00"}
    summer = [item["date"] for item in items if item["date"][19:] == "+02:00"]
    assert max(summer)[:10] <= "2024-10-27"
    listened = [item["date"] for item in everything(api, star(catalogue, "streaming/spotify/listening"))]
    assert "2024-10-27T01:00:00+00:00" in listened
    assert len({day[:10] for day in listened}) == len(listened)


def test_places_are_there_on_mondays_only_and_countries_sum_their_cities(catalogue, api):
    items = everything(api, star(catalogue, "streaming/spotify"))
    located = [item for item in items if item["cityPlots"]]
    assert {date.fromisoformat(item["date"][:10]).weekday() for item in located} == {0}
    for item in located:
        cities = Counter()
        for plot in item["cityPlots"]:
            cities[plot["countryCode"]] += plot["value"]
        assert cities == {plot["countryCode"]: plot["value"] for plot in item["countryPlots"]}
        assert 0.3 < cities.total() / item["value"] < 0.45
    monthly = everything(api, f"/api/v2.37/artist/{catalogue.star}/social/instagram/followers/")
    assert {item["date"][8:10] for item in monthly if item["cityPlots"]} <= {"01"}


def test_at_least_twelve_platforms_with_the_kinds_of_the_reference(catalogue):
    series = {
        (what, platform): catalogue.series(what, catalogue.star, platform)[1].astype(float)
        for what, platforms in (
            ("followers", FOLLOWED),
            ("listening", ("spotify", "jiosaavn", "pandora", "youtube", "anghami", "audiomack", "lastfm")),
            ("popularity", ("spotify", "deezer", "tidal")),
        )
        for platform in platforms
    }
    platforms = {platform for _, platform in series} | set(COUNTED)
    assert len(platforms) >= 12
    for counter in ("anghami", "audiomack", "lastfm"):
        assert (np.diff(series["listening", counter]) >= 0).all()
    for free in ("spotify", "jiosaavn", "youtube"):
        assert (np.diff(series["listening", free]) < 0).any()
    assert series["popularity", "spotify"].max() <= 100 < series["popularity", "deezer"].max()
    for song in catalogue.songs:
        for platform in COUNTED:
            plots = catalogue.plots(song, platform) or []
            assert all((np.diff(values) >= 0).all() for _, (_, values) in plots)
            assert platform != "tiktok" or len(plots) in (0, 3)


def test_twins_share_an_isrc_and_a_shared_one_is_gone(catalogue, api):
    twins = Counter(filter(None, map(catalogue.isrc, catalogue.songs)))
    shared, own = (next(code for code, count in twins.items() if (count > 1) == many) for many in (True, False))
    assert api.get(f"/api/v2.25/song/by-isrc/{shared}").status_code == 410
    assert api.get(f"/api/v2.25/song/by-isrc/{own}").json()["object"]["isrc"]["value"] == own
    assert any(catalogue.isrc(song) is None for song in catalogue.songs)


def test_old_and_new_shapes(catalogue, api, old_api):
    song = next(song for song in catalogue.songs if catalogue.isrc(song))
    new, old = (http.get(f"/api/v2.25/song/{song}").json()["object"] for http in (api, old_api))
    assert (type(new["isrc"]), type(old["isrc"])) == (dict, str)
    assert ("labels" in new, "label" in new, "labels" in old, "label" in old) == (True, False, False, True)
    assert api.get(f"/api/v2/song/{song}").json()["object"] == old  # the path's version decides
    assert isinstance(old_api.get(f"/api/v2.9/artist/{catalogue.star}").json()["object"]["genres"][0], str)
    assert "uuid" not in everything(old_api, f"/api/v2.34/artist/{catalogue.star}/albums")[0]
    codes = [
        {item["platformCode"] for item in everything(http, star(catalogue, "identifiers"))} for http in (api, old_api)
    ]
    assert ("x" in codes[0], "twitter" in codes[1]) == (True, True)
    assert api.get(star(catalogue, "audience/twitter")).status_code == 200
    flat = everything(old_api, f"/api/v2/song/{song}/audience/spotify")
    assert flat[0].keys() == {"date", "value"}
    assert flat == [
        {**item, "date": flat[at]["date"]}
        for at, item in enumerate(everything(api, f"/api/v2/song/{song}/spotify/stream"))
    ]
    month = everything(api, star(catalogue, "social/instagram/followers/2025/3"))
    assert {item["date"][:7] for item in month} == {"2025-03"} and "cityPlots" in month[0]


def test_counts_are_large_and_absent_where_the_source_hides_them(catalogue):
    hit = catalogue.plots(flagged(catalogue, "hit"), "spotify")
    assert sum(values.max() for _, (_, values) in hit) > 2**31
    late = flagged(catalogue, "late")
    assert min(values.min() for _, (_, values) in catalogue.plots(late, "spotify")) > 1000 > ABSENT


def test_the_same_seed_serves_the_same(catalogue, api):
    again = Catalogue(World(songs=40, days=250))
    with served(soundcharts.application(again)) as url, httpx.Client(base_url=url, headers=HEADERS) as http:
        for path in ("audience/youtube", "streaming/spotify", "playlist/current/spotify", "albums"):
            assert http.get(star(catalogue, path)).content == api.get(star(catalogue, path)).content
    assert Catalogue(World(songs=40, days=250, seed=8)).star != catalogue.star


def test_a_world_of_few_days_has_series_that_nobody_visited():
    catalogue = Catalogue(World(songs=25, days=1, seed=11))
    lengths = {
        len(series[0])
        for artist in catalogue.songs_of
        for platform in FOLLOWED
        if (series := catalogue.series("followers", artist, platform)) is not None
    }
    assert {0, 1} <= lengths


# MooVitamix


def rows_of(mode="faithful", seed=1, day=DAY, **options):
    return moovitamix.universe(mode, seed, day, **options)


@pytest.fixture(scope="module")
def service():
    with served(moovitamix.application(lambda _: rows_of())) as url, httpx.Client(base_url=url) as http:
        yield http


def test_pages_and_bounds(service):
    page = service.get("/tracks").json()
    assert list(page) == ["items", "total", "page", "size", "pages"]
    assert (len(page["items"]), page["total"], page["pages"]) == (100, 1000, 10)
    assert service.get("/users", params={"page": 11}).json()["items"] == []
    assert service.get("/users", params={"page": 4, "size": 7}).json()["items"] == rows_of()["users"][21:28]
    assert service.get("/").headers["location"] == "/docs"
    for query, kind in (({"page": 0}, "greater_than_equal"), ({"size": 101}, "less_than_equal")):
        refused = service.get("/listen_history", params=query)
        assert refused.status_code == 422
        (detail,) = refused.json()["detail"]
        assert detail.keys() == {"type", "loc", "msg", "input", "ctx"} and detail["type"] == kind


def test_a_faithful_universe_has_the_rates_of_the_original():
    one, two = rows_of(seed=1), rows_of(seed=2)
    ids = [{row["id"] for row in one[route]} for route in ("tracks", "users")]
    assert list(map(len, ids)) == [1000, 1000] and not ids[0] & ids[1]
    for route in ("tracks", "users"):
        backwards = sum(row["updated_at"] < row["created_at"] for row in one[route])
        assert 200 < backwards < 300
    assert all(row["updated_at"] >= row["created_at"] for row in one["listen_history"])
    assert [row["user_id"] for row in one["listen_history"]] == [row["id"] for row in one["users"]]
    assert all(len(set(row["items"])) == 5 and set(row["items"]) <= ids[0] for row in one["listen_history"])
    assert 600 < len({row["genres"] for row in one["tracks"]}) < 660
    assert not any("," in row["genres"] for row in one["tracks"])
    assert all(re.fullmatch(r"[0-5]\d:[0-5]\d", row["duration"]) for row in one["tracks"])
    heard = {track for row in one["listen_history"] for track in row["items"]}
    assert 2 <= 1000 - len(heard) <= 15
    assert 0 < len(ids[0] & {row["id"] for row in two["tracks"]}) < 30  # reused, for something else


def test_an_evolving_universe_keeps_its_ids_and_grows():
    universe = moovitamix.Evolving(7)
    before, after = universe.on(DAY), universe.on(DAY + timedelta(3))
    assert after == rows_of("evolving", 7, DAY + timedelta(3))  # however it came there
    for route in ("tracks", "users"):
        known = {row["id"]: row for row in before[route]}
        assert len(after[route]) == len(known) + 3 * moovitamix.NEW_A_DAY
        changed = [row for row in after[route] if row["id"] in known and row != known[row["id"]]]
        assert changed and all(row["updated_at"] > known[row["id"]]["updated_at"] for row in changed)
        assert known.keys() < {row["id"] for row in after[route]}
    fresh = [row for row in after["listen_history"] if row["created_at"] > str(DAY + timedelta(1))]
    assert 0.5 < len(fresh) / len(after["listen_history"]) < 0.8
    with pytest.raises(CrescendoError, match="is before"):
        universe.on(DAY)


def shares(rows):
    """Genre of each listened track by the favourite genre of its listener, as shares of all listens."""
    genres = {row["id"]: row["genres"].split(",")[0].strip().casefold() for row in rows["tracks"]}
    favorite = {row["id"]: row["favorite_genres"].casefold() for row in rows["users"]}
    heard = [(favorite[row["user_id"]], genres[track]) for row in rows["listen_history"] for track in row["items"]]
    return sum(liked == genre for liked, genre in heard) / len(heard)


def test_tastes_are_planted_and_drift_from_the_day_asked_for():
    assert shares(rows_of()) < 0.01
    steady, drifted = (rows_of("evolving", 7, drift=drift) for drift in (None, DAY - timedelta(20)))
    assert shares(steady) > 0.35  # chance is 1 in 17
    assert shares(drifted) < 0.7 * shares(steady)
    until = DAY - timedelta(21)
    assert rows_of("evolving", 7, until, drift=DAY - timedelta(20)) == rows_of("evolving", 7, until)


def test_dirt_is_planted_where_asked_for():
    rows = rows_of(dirt=("null-items", "unknown-ids", "bad-duration", "uppercase-email"))
    tracks = {row["id"] for row in rows["tracks"]}
    lists = [row["items"] for row in rows["listen_history"]]
    spoiled = [
        sum(items is None for items in lists),
        sum(not set(items or ()) <= tracks for items in lists),
        sum(row["duration"] == "03:75" for row in rows["tracks"]),
        sum(row["email"].isupper() for row in rows["users"]),
    ]
    assert all(2 <= count <= 25 for count in spoiled)


@pytest.mark.realdata
def test_the_interface_is_that_of_the_original(service):
    folder = os.environ.get("CRESCENDO_REALDATA")
    if not folder:
        pytest.skip("CRESCENDO_REALDATA names no folder")
    real = json.loads((Path(folder) / "moovitamix_api" / "openapi.json").read_bytes())
    ours = service.get("/openapi.json").json()
    assert (ours["info"], ours["paths"].keys()) == (real["info"], real["paths"].keys())
    for route in moovitamix.ROUTES:
        parameters = (spec["paths"][f"/{route}"]["get"]["parameters"] for spec in (ours, real))
        assert next(parameters) == next(parameters)


# faults and the command line


def test_faults_depend_on_the_request_alone_and_pass():
    requests = [f"/a?offset={number}" for number in range(500)]

    def drawn(order):
        faults = Faults(frozenset(("500", "slow", "cut")), seed=5, rate=0.2)
        return {request: [faults.draw("/a", request) for _ in range(4)] for request in order}

    assert drawn(requests) == drawn(requests[::-1])
    assert all(kinds[2:] == [None, None] for kinds in drawn(requests).values())
    assert 60 < sum(kinds[0] is not None for kinds in drawn(requests).values()) < 140


def test_unknown_faults_are_named():
    assert switched_on("", ("500",)) == frozenset()
    with pytest.raises(CrescendoError, match="--faults 418"):
        switched_on("500,418", ("500",))


@pytest.mark.parametrize("source", ["soundcharts", "moovitamix"])
def test_a_simulator_is_served_by_the_command_line(source):
    words = [sys.executable, "-m", "crescendo.cli", "simulate", source, "--port", "0", "--seed", "3"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
            path = "/api/v2/team/usage" if source == "soundcharts" else "/tracks"
            assert httpx.get(url + path, headers=HEADERS).status_code == 200
            port = url.rpartition(":")[2]
            assert main(["simulate", source, "--port", port]) == 2  # taken
        finally:
            process.terminate()
            process.wait(timeout=10)


def test_every_simulator_has_help_with_an_example():
    for name in simulate_command.commands:
        assert "Example:" in CliRunner().invoke(simulate_command, [name, "--help"]).output
