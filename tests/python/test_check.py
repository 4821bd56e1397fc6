"""`crescendo check` tells a sound API from one that is gone, refuses, sends something else, or is slow."""

import json
import socket
from datetime import date

import pytest
from crescendo.cli import main
from crescendo.http.server import Faults, served
from crescendo.sources.moovitamix.simulate import application as moovitamix
from crescendo.sources.moovitamix.simulate import universe
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.simulate import application as soundcharts
from crescendo.sources.soundcharts.world import World
from crescendo.sources.tmdb.simulate import TOKEN
from crescendo.sources.tmdb.simulate import application as tmdb
from crescendo.sources.tmdb.world import END, Films

CATALOGUE, FILMS = Catalogue(World(songs=10, days=30)), Films()
ROWS = universe("evolving", 7, date(2025, 1, 3))
NAMES = ["reachable", "credentials", "shape", "latency", "quota"]
OAUTH = ("SOUNDCHARTS_CLIENT_ID", "SOUNDCHARTS_CLIENT_SECRET", "SOUNDCHARTS_TEAM_ID")


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    for name in (*OAUTH, "SOUNDCHARTS_APP_ID", "SOUNDCHARTS_API_KEY", "CRESCENDO_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TMDB_TOKEN", TOKEN)


def check(capsys, source, url, *options):
    """Exit code, status by check, sentence by check, errors."""
    code = main(["check", "--source", source, "--url", url, "--format", "json", *options])
    out, err = capsys.readouterr()
    if not out:
        return code, {}, {}, err
    checks = json.loads(out)["checks"]
    assert [one["name"] for one in checks] == NAMES
    assert json.loads(out)["ready"] == (code == 0)
    return code, {one["name"]: one["status"] for one in checks}, {one["name"]: one["said"] for one in checks}, err


def answering(status=200, body=b"{}", headers=(), seconds=0.0):
    """An application that answers everything alike."""
    import asyncio

    async def app(scope, _receive, send):
        if scope["type"] != "http":
            return
        await asyncio.sleep(seconds)
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return app


def changed(change):
    """The service with each answer changed."""
    inner = moovitamix(lambda _: ROWS, Faults(), 15)

    async def app(scope, receive, send):
        async def changing(message):
            if message["type"] == "http.response.start":
                message["headers"] = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            elif message.get("body"):
                message["body"] = json.dumps(change(json.loads(message["body"]))).encode()
            await send(message)

        await inner(scope, receive, changing)

    return app


def test_a_sound_service_is_ready(capsys):
    with served(moovitamix(lambda _: ROWS, Faults(), 15)) as url:
        code, status, said, _ = check(capsys, "moovitamix", url)
        assert main(["check", "--source", "moovitamix", "--url", url]) == 0
    assert (code, set(status.values())) == (0, {"ok"})
    assert said["credentials"] == "none are needed"
    assert said["shape"] == "tracks, users, listen_history: as declared"
    assert capsys.readouterr().out.count("\n  ok ") == 5


@pytest.mark.parametrize("shapes", ["new", "old"])
def test_soundcharts_tells_its_quota(capsys, shapes):
    with served(soundcharts(CATALOGUE, Faults(quota=50), shapes)) as url:
        code, status, said, _ = check(capsys, "soundcharts", url, "--sandbox")
    assert (code, set(status.values())) == (0, {"ok"})
    assert (said["quota"], said["shape"]) == ("48 calls left", "artist-search, artist: as declared")


def test_tmdb_is_ready(capsys):
    with served(tmdb(FILMS, END)) as url:
        code, _, said, _ = check(capsys, "tmdb", url)
    assert (code, said["shape"]) == (0, "genre-list, movie-list, movie: as declared")


@pytest.mark.parametrize("source", ["tmdb", "soundcharts", "soundcharts by token"])
def test_wrong_credentials_are_refused_and_not_shown(capsys, monkeypatch, source):
    monkeypatch.setenv("TMDB_TOKEN", "wrong-and-secret")
    for name in OAUTH if source.endswith("token") else ("SOUNDCHARTS_APP_ID", "SOUNDCHARTS_API_KEY"):
        monkeypatch.setenv(name, "wrong-and-secret")
    keys = ("an-id", "a-secret", "a-team") if source.endswith("token") else ("an-id", "a-secret")
    app = tmdb(FILMS, END) if source == "tmdb" else soundcharts(CATALOGUE, credentials=keys)
    with served(app) as url:
        code, status, said, err = check(capsys, source.split()[0], url)
    assert code == 1
    assert [status[name] for name in NAMES[:3]] == ["ok", "failed", "not checked"]
    assert "401" in said["credentials"]
    assert "wrong-and-secret" not in json.dumps(said) + err


def test_without_credentials_nothing_is_tried(capsys, monkeypatch):
    monkeypatch.delenv("TMDB_TOKEN")
    code, status, _, err = check(capsys, "tmdb", "http://127.0.0.1:9")
    assert (code, status, "TMDB_TOKEN not set" in err) == (2, {}, True)
    assert check(capsys, "tmdb", "http://127.0.0.1:9", "--sandbox")[0] == 2
    assert main(["check", "--source", "moovitamix", "--url", "ftp://x"]) == 2


def test_a_server_that_is_not_there_or_breaks_off(capsys):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        code, status, said, _ = check(capsys, "moovitamix", url)
    assert (code, [status[name] for name in NAMES]) == (1, ["failed", *["not checked"] * 4])
    assert f"{url}: broken connection (ConnectError)" in said["reachable"]


def test_a_server_that_never_answers_is_given_up(capsys):
    with served(answering(seconds=30)) as url:
        code, status, said, _ = check(capsys, "moovitamix", url, "--timeout", "0.5")
    assert (code, status["reachable"]) == (1, "failed")
    assert "silence" in said["reachable"]


def test_a_slow_server_fails_by_its_latency_alone(capsys):
    with served(answering(200, b'{"items": [], "total": 0, "page": 1, "size": 20, "pages": 1}', seconds=0.3)) as url:
        code, status, said, _ = check(capsys, "moovitamix", url, "--slow", "0.2")
    assert (code, status) == (1, {**dict.fromkeys(NAMES, "ok"), "latency": "failed", "quota": "not checked"})
    assert "more than 0.2 s" in said["latency"]


@pytest.mark.parametrize(
    ("status", "body", "headers", "failed", "words"),
    [
        (200, b"<html><body>Just a moment</body></html>", (), "shape", "/tracks does not answer JSON"),
        (200, b'{"items": [', (), "shape", "does not answer JSON"),
        (200, b"[1, 2]", (), "shape", "tracks "),
        (404, b"{}", (), "shape", "there is no /tracks (HTTP 404)"),
        (503, b"busy", (), "reachable", "HTTP 503"),
        (429, b'{"errors": ["Your quota is exhausted"]}', (), "quota", "Your quota is exhausted"),
        (403, b"no entry", (), "credentials", "HTTP 403: no entry"),
        (302, b"", [(b"location", b"http://elsewhere.example/")], "reachable", "redirects to another host"),
    ],
)
def test_what_an_answer_says_is_wrong(capsys, status, body, headers, failed, words):
    with served(answering(status, body, headers)) as url:
        code, found, said, _ = check(capsys, "moovitamix", url)
    assert (code, found[failed], words in said[failed]) == (1, "failed", True), said
    assert list(found.values()).count("failed") == 1


def without_duration(page):
    return page | {"items": [{key: value for key, value in row.items() if key != "duration"} for row in page["items"]]}


def with_texts_for_ids(page):
    return page | {"items": [row | {"id": f"t-{row.get('id')}"} for row in page["items"]]}


def without_total(page):
    return {key: value for key, value in page.items() if key not in ("total", "items")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_duration, "tracks: items[].duration is declared and not sent any more"),
        (with_texts_for_ids, "items[1].id is not a whole number, unlike what is declared"),
        (without_total, "tracks"),
    ],
)
def test_a_shape_that_has_changed_is_named_before_an_extraction(capsys, change, words):
    with served(changed(change)) as url:
        code, status, said, _ = check(capsys, "moovitamix", url)
    assert (code, status["shape"], words in said["shape"]) == (1, "failed", True), said


def test_a_new_key_is_told_and_does_no_harm(capsys):
    with served(changed(lambda page: page | {"items": [row | {"mood": "calm"} for row in page["items"]]})) as url:
        code, _, said, _ = check(capsys, "moovitamix", url)
    assert code == 0
    assert said["shape"].endswith(
        "; sent and not declared: tracks items[].mood, users items[].mood, listen_history items[].mood"
    )


def test_an_empty_quota_is_seen_before_it_is_met(capsys):
    with served(soundcharts(CATALOGUE, Faults(quota=2))) as url:
        code, status, said, _ = check(capsys, "soundcharts", url, "--sandbox")
    assert (code, status["quota"], said["quota"]) == (1, "failed", "no calls left: wait until it is renewed")
