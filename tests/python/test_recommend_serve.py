"""The server of recommendations over a real warehouse: what it answers, keeps, and survives."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import listening_worlds
import pytest
from crescendo import warehouse
from crescendo.analysis.recommend import cache, evaluate, live, serve
from crescendo.http.server import served
from crescendo.ingest import landing
from crescendo.sources import all_sources

EASE = evaluate.Settings("ease", (("penalty", 100.0),))
KNN = evaluate.Settings("knn", (("neighbours", 20),))


UNCHANGED: list[tuple[int, int, int]] = []  # stamps of warehouses that are as they were made


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A warehouse with a model that serves and everyone's list; copied, never changed."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
        with warehouse.connect() as connection:
            listening_worlds.fill(connection, listening_worlds.evolving(3, 5, 12))
        listening_worlds.serve_a_model(EASE)
    return folder


@pytest.fixture(scope="module")
def server(made, tmp_path_factory):
    """The folder and the address of a server in a process of its own, as a user starts it."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(made, folder, dirs_exist_ok=True)
    command = [sys.executable, "-m", "crescendo.cli", "recommend", "serve", "--port", "0"]
    environment = os.environ | {"CRESCENDO_DB": str(folder / "x.duckdb"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    yield folder, process.stdout.readline().split(" at ")[1].split()[0]
    process.kill()


@pytest.fixture
def own(made, server, monkeypatch):
    """The server's folder, put back to what was made."""
    folder, address = server
    monkeypatch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
    landed = folder / "landing"
    if landed.exists() or live.stamp_of(warehouse.path()) not in UNCHANGED:
        shutil.rmtree(landed) if landed.is_dir() else landed.unlink(missing_ok=True)
        shutil.copy(made / "x.duckdb", folder / "y.duckdb")
        (folder / "y.duckdb").rename(folder / "x.duckdb")
        UNCHANGED.append(live.stamp_of(warehouse.path()))
        settled(address)
    return folder


def settled(address: str) -> None:
    """Wait until the server serves the warehouse as it is now."""
    stamp = ":".join(map(str, live.stamp_of(warehouse.path())))
    until(lambda: httpx.get(f"{address}/health").json()["state"].endswith(stamp), 20)


@pytest.fixture
def client(own, server):
    """A client of the server."""
    with httpx.Client(base_url=server[1]) as asking:
        yield asking


def execute(sql: str) -> list[tuple]:
    with warehouse.connect(read_only=sql.startswith("select")) as connection:
        return connection.execute(sql).fetchall()


def a_user() -> tuple[str, list[str]]:
    """A user with a list, and the list."""
    rows = execute("select user_key, track_key from recommendations.top_n where user_key = ("
                   "select min(user_key) from recommendations.top_n where reason = 'heard') order by rank")  # fmt: skip
    return rows[0][0], [track for _, track in rows]


def until(condition, seconds: float = 10.0):
    """What a condition says once it says something; fails if it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if said := condition():
            return said
        time.sleep(0.05)
    raise AssertionError("nothing happened")


def tracks(answer: dict) -> list[str]:
    return [row["track_key"] for row in answer["recommendations"]]


def test_a_stored_list_is_served_as_it_was_scored(client):
    user, wanted = a_user()
    told = client.get(f"/users/{user}/recommendations", params={"n": 7}).json()
    assert (told["served"], told["because"]) == ("stored", None)
    assert tracks(told) == wanted[:7]
    assert [row["rank"] for row in told["recommendations"]] == [1, 2, 3, 4, 5, 6, 7]
    assert all(row["why"] and row["reason"] == "heard" for row in told["recommendations"])
    assert client.get(f"/users/{user}/recommendations", params={"n": 7}).json() == told


def test_what_is_scored_on_demand_is_what_a_batch_would_store(client):
    user, wanted = a_user()
    told = client.get(f"/users/{user}/recommendations", params={"n": 40}).json()
    assert (told["served"], told["because"]) == ("on_demand", "longer")
    assert len(told["recommendations"]) == 40
    assert tracks(told)[:20] == wanted


def test_an_expired_list_is_scored_anew_and_says_so(client):
    user, wanted = a_user()
    execute("update recommendations.top_n set expires_at = now()::timestamp - interval 1 second")

    def expired():
        told = client.get(f"/users/{user}/recommendations").json()
        return told if told["because"] == "expired" else None

    told = until(expired)
    assert told["served"] == "on_demand"
    assert told["expires_at"] > f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    assert tracks(told) == wanted[:10]


def test_a_posted_listen_changes_the_list_within_a_second_and_is_landed_for_the_next_load(client, own, monkeypatch):
    user, wanted = a_user()
    before = client.get(f"/users/{user}/recommendations").json()
    started = time.monotonic()
    done = client.post("/listens", json={"listens": [{"user_key": user, "track_key": wanted[0]}]})
    told = client.get(f"/users/{user}/recommendations").json()
    assert time.monotonic() - started < 1
    assert done.status_code == 202
    assert (told["served"], told["because"]) == ("on_demand", "new_listens")
    assert wanted[0] not in tracks(told)
    assert any(why["track_key"] == wanted[0] for row in told["recommendations"] for why in row["why"])
    assert told["recommendations"] != before["recommendations"]
    [file] = (own / "landing" / "served").iterdir()
    [line] = file.read_text().splitlines()
    assert json.loads(line)["event_id"] == done.json()["event_ids"][0]
    assert file.stat().st_mode & 0o077 == 0
    done = subprocess.run(
        [sys.executable, "-m", "crescendo.cli", "load", str(own / "landing")],
        env=os.environ | {"CRESCENDO_DB": str(own / "loaded.duckdb")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("CRESCENDO_DB", str(own / "loaded.duckdb"))
    assert execute("select user_key, track_key from raw_served.listens") == [(user, wanted[0])]


def test_what_was_posted_outlives_the_server(client, own):
    user, wanted = a_user()
    client.post("/listens", json={"listens": [{"user_key": user, "track_key": track} for track in wanted[:3]]})
    told = client.get(f"/users/{user}/recommendations").json()
    file = next((own / "landing" / "served").iterdir())
    with file.open("a") as opened:
        opened.write('{"event_id": "cut o')  # by a kill
    with served(serve.application(live.begin(own / "landing"), cache.Memory())) as address:
        again = httpx.get(f"{address}/users/{user}/recommendations").json()
    assert again["recommendations"] == told["recommendations"]
    assert again["because"] == "new_listens"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/users/nobody/recommendations", 404, "user nobody is not known"),
        ("/users/{user}/recommendations?n=0", 422, "n: input should be greater than or equal to 1"),
        ("/users/{user}/recommendations?n=1000000", 422, "n: input should be less than or equal to 100"),
        ("/users/{user}/recommendations?n=ten", 422, "n: "),
        ("/users/" + "x" * 5000 + "/recommendations", 422, "user_key: "),
        ("/tracks/nothing/similar", 404, "track nothing is not known"),
        ("/elsewhere", 404, "Not Found"),
    ],
)
def test_a_wrong_question_is_told_in_one_sentence(client, path, status, said):
    answer = client.get(path.format(user=a_user()[0]))
    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{no json", 422, "the body is no JSON"),
        (b"\xff\xfe", 422, "the body is no JSON"),
        (b"[]", 422, "body"),
        (b'{"listens": []}', 422, "listens"),
        (b'{"listens": [{"user_key": "nobody", "track_key": "1"}]}', 404, "listens.0.user_key: user nobody"),
        (b'{"listens": [{"user_key": "%USER%", "track_key": "nothing"}]}', 404, "listens.0.track_key: track nothing"),
        (b'{"listens": [{"user_key": "%USER%", "track_key": "1", "listened_at": "soon"}]}', 422, "listened_at"),
        (b'{"listens": [{"user_key": 1e999, "track_key": "1"}]}', 422, "user_key"),
        (b"x" * (serve.LARGEST_BODY + 1), 413, "the body is larger than"),
    ],
)
def test_a_wrong_body_is_told_in_one_sentence_and_nothing_is_kept(client, own, body, status, said):
    body = body.replace(b"%USER%", a_user()[0].encode())
    answer = client.post("/listens", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert not (own / "landing").exists()


def test_of_several_listens_none_is_kept_if_one_is_wrong(client, own):
    user, wanted = a_user()
    good, future = {"user_key": user, "track_key": wanted[0]}, "2999-01-01T00:00:00Z"
    answer = client.post("/listens", json={"listens": [good, good | {"listened_at": future}]})
    assert answer.status_code == 422
    assert "listens.1.listened_at: 2999-01-01 is in the future" in answer.json()["detail"]
    assert not (own / "landing").exists()
    many = client.post("/listens", json={"listens": [good] * 1001})
    assert many.status_code == 422


def test_a_withdrawn_track_is_served_no_more(client):
    user, wanted = a_user()
    similar_of = execute(
        f"select track_key from recommendations.similar_tracks where similar_track_key = '{wanted[0]}'"
    )
    execute(f"update listening.dim_tracks_current set last_load_date = '2020-01-01' where track_key = '{wanted[0]}'")

    def withdrawn():
        told = client.get(f"/users/{user}/recommendations").json()
        return told if told["because"] == "withdrawn_track" else None

    assert tracks(until(withdrawn)) == wanted[1:11]
    for (track,) in similar_of:
        shown = client.get(f"/tracks/{track}/similar").json()["similar"]
        assert wanted[0] not in [row["track_key"] for row in shown]


def test_a_promoted_model_is_served_without_a_restart(client):
    user, wanted = a_user()
    version = listening_worlds.serve_a_model(KNN)
    until(lambda: client.get("/model").json()["model_version"] == version)
    told = client.get(f"/users/{user}/recommendations").json()
    assert (told["model_version"], told["served"]) == (version, "stored")
    assert tracks(told) != wanted[:10]


def test_lists_of_the_model_before_are_not_served_for_the_new_one(client):
    user, _ = a_user()
    source = listening_worlds.train.read_source(None, None)
    trained = listening_worlds.artefacts.keep(KNN.fit(source.data.matrix(), 1), source.data.items)
    with warehouse.connect() as connection:
        listening_worlds.train.decide(connection, "promote", "a test", served_version=trained.version)
    until(lambda: client.get("/health").json()["model_version"] == trained.version)
    told = client.get(f"/users/{user}/recommendations").json()
    assert (told["served"], told["because"]) == ("on_demand", "another_model")


def test_a_warehouse_swapped_or_held_or_broken_never_stops_the_answers(client, own):
    user, wanted = a_user()
    file = own / "x.duckdb"
    shutil.copy(file, own / "y.duckdb")
    (own / "y.duckdb").rename(file)  # another inode
    execute("delete from recommendations.similar_tracks")
    track = wanted[0]
    until(lambda: client.get(f"/tracks/{track}/similar").json()["similar"] == [])
    (own / "z.duckdb").write_bytes(b"no warehouse")
    (own / "z.duckdb").rename(file)
    trouble = until(lambda: client.get("/health").json()["trouble"])
    assert "x.duckdb" in trouble
    assert tracks(client.get(f"/users/{user}/recommendations").json()) == wanted[:10]


def test_a_burst_is_answered(client, own):
    user, wanted = a_user()
    with ThreadPoolExecutor(16) as pool:
        posts = pool.map(
            lambda n: client.post("/listens", json={"listens": [{"user_key": user, "track_key": wanted[n % 20]}]}),
            range(64),
        )
        gets = pool.map(lambda _: client.get(f"/users/{user}/recommendations"), range(64))
        statuses = {answer.status_code for answer in [*posts, *gets]}
    assert statuses == {200, 202}
    [file] = (own / "landing" / "served").iterdir()
    assert len([json.loads(line) for line in file.read_text().splitlines()]) == 64


def test_listens_that_cannot_be_written_are_refused(client, own):
    user, wanted = a_user()
    (own / "landing").write_text("no folder")
    answer = client.post("/listens", json={"listens": [{"user_key": user, "track_key": wanted[0]}]})
    assert answer.status_code == 503
    assert "were not kept" in answer.json()["detail"]
    assert client.get(f"/users/{user}/recommendations").json()["served"] == "stored"


def test_the_routes_are_described_with_examples(client):
    told = client.get("/openapi.json").json()
    assert set(told["paths"]) == {
        "/users/{user_key}/recommendations", "/tracks/{track_key}/similar", "/model", "/health", "/listens",
    }  # fmt: skip
    for path in ("/users/{user_key}/recommendations", "/tracks/{track_key}/similar"):
        assert told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"]


def test_a_landed_file_is_recognised(own):
    path = own / "landing"
    user, wanted = a_user()
    live.begin(path).post([serve.Listen("e", user, wanted[0], "2025-05-01 10:00:00")])
    files, refused = landing.find([path])
    assert len(files) == 1
    assert not refused
    assert "served" in all_sources()


# the cache


def redis_of(answers: list[bytes], heard: list[bytes]) -> str:
    """The address of a server that gives these answers to what it is told, one after the other."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        stream, _ = listening.accept()
        with stream:
            for said in answers:
                heard.append(stream.recv(65536))
                stream.sendall(said)

    threading.Thread(target=answer, daemon=True).start()
    return f"redis://127.0.0.1:{listening.getsockname()[1]}"


def test_the_words_to_a_redis_are_those_of_its_protocol():
    heard: list[bytes] = []
    kept = cache.Redis(redis_of([b"+OK\r\n", b"$5\r\n{\r\n1}\r\n", b"$-1\r\n"], heard))
    kept.put("k", b"{\r\n1}", 1.5)
    assert kept.get("k") == b"{\r\n1}"
    assert kept.get("other") is None
    assert heard[0] == b"*5\r\n$3\r\nSET\r\n$11\r\ncrescendo:k\r\n$5\r\n{\r\n1}\r\n$2\r\nPX\r\n$4\r\n1500\r\n"
    assert heard[1] == b"*2\r\n$3\r\nGET\r\n$11\r\ncrescendo:k\r\n"


@pytest.mark.parametrize("answers", [[], [b"-ERR no\r\n"], [b"nonsense"]])
def test_a_redis_that_fails_is_no_answer_and_is_left_alone_for_a_while(answers):
    kept = cache.Redis(redis_of(answers, []))
    assert kept.get("k") is None
    assert kept.again > time.monotonic()
    started = time.monotonic()
    assert kept.get("k") is None
    assert time.monotonic() - started < 0.01


def test_memory_forgets_the_oldest_and_what_has_expired():
    kept = cache.Memory(2)
    for key in "abc":
        kept.put(key, key.encode(), 60)
    kept.put("d", b"d", 0)
    assert [kept.get(key) for key in "abcd"] == [None, None, b"c", None]


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server")
def test_a_real_redis_keeps_answers_and_its_loss_loses_nothing(own, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        kept = cache.Redis(f"redis://127.0.0.1:{port}/1")
        until(lambda: (kept.put("k", b"v", 60), setattr(kept, "again", 0.0), kept.get("k"))[2] == b"v")
        user, wanted = a_user()
        with served(serve.application(live.begin(own / "landing"), kept)) as address:
            first = httpx.get(f"{address}/users/{user}/recommendations").content
            assert any(kept.get(key) == first for key in [f"{live.begin(own).state.stamp}:{user}:10:"])
            redis.kill()
            redis.wait()
            told = httpx.get(f"{address}/users/{user}/recommendations").json()
            assert tracks(told) == wanted[:10]
    finally:
        redis.kill()


def test_an_address_that_is_no_redis_is_refused():
    for url in ("http://x", "redis://", "redis://x:port"):
        with pytest.raises(warehouse.CrescendoError, match="CRESCENDO_REDIS_URL"):
            cache.cache_of(url)
