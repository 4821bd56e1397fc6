"""The client against servers that misbehave, over real HTTP on loopback."""

import asyncio
import base64
import gzip
import hashlib
import json
import logging
import os
import secrets
import time
import tracemalloc
from email.utils import formatdate

import httpx
import pytest
from crescendo.errors import CrescendoError
from crescendo.http import client
from crescendo.http.answers import RequestError, StoppedError, told_wait
from crescendo.http.client import Client, Policy, run
from crescendo.http.credentials import Access, ClientCredentials, credentials
from crescendo.http.landing import Landing
from crescendo.http.server import PASSING, Faults, served
from crescendo.sources.soundcharts.catalogue import Catalogue
from crescendo.sources.soundcharts.fetch import KEYS, OAUTH
from crescendo.sources.soundcharts.simulate import application
from crescendo.sources.soundcharts.world import World
from landings import bodies, fetch_artist

APP_ID, KEY = "app-0123456789abcdef", "key-fedcba9876543210"


def scripted(*answers, asked=None):
    """A server that gives these answers in turn, the last one again and again: (status, headers, body)."""
    queue = list(answers)

    async def app(scope, receive, send):
        if asked is not None:
            asked.append((time.monotonic(), dict(scope["headers"])))
        status, headers, body = queue.pop(0) if len(queue) > 1 else queue[0]
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    return app


def ask(url, landing=None, path="/a", headers=None, **options):
    """One request through a client of its own: (what it gave, its tally)."""

    async def asking():
        policy = Policy(**{"backoff_seconds": 0.01, "timeout_seconds": 2, **options})
        client = Client(url, Access(headers or {}), landing=landing, policy=policy)
        async with client:
            return await client.answer("a", path, {"q": 1}, {"document": "a"}), client.tally

    return run(asking)


OK = (200, {}, b'{"items": [1]}')


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((429, {"x-ratelimit-reset": "0"}, b'{"errors": [{"message": "maximum request count"}]}'), 1),
        ((429, {"x-ratelimit-reset": "soon"}, b""), 0),
        ((503, {"retry-after": "1"}, b""), 1),
        ((503, {}, b""), 0),
    ],
)
def test_the_server_is_waited_for_as_told(answer, told):
    asked = []
    with served(scripted(answer, OK, asked=asked)) as url:
        assert ask(url)[0] == {"items": [1]}
    waited = asked[1][0] - asked[0][0]
    assert told <= waited < told + 0.9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": lambda: formatdate(time.time() + 50, usegmt=True)}, 50),
        ({"retry-after": lambda: formatdate(time.time() - 50, usegmt=True)}, 0),
        ({"retry-after": "7", "x-ratelimit-reset": "3"}, 7),
        ({"x-ratelimit-reset": "3"}, 4),
        ({"x-ratelimit-reset": lambda: str(time.time() + 50)}, 51),
        ({"retry-after": "-1"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_what_the_headers_tell_to_wait(headers, seconds):
    told = told_wait(httpx.Headers({name: said() if callable(said) else said for name, said in headers.items()}))
    assert told == (seconds and pytest.approx(seconds, abs=20 if seconds > 40 else 0))


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_of_hours_stops(status):
    with served(scripted((status, {"retry-after": "7200"}, b""))) as url, pytest.raises(StoppedError, match="7200 s"):
        ask(url)


def test_a_429_of_the_rate_holds_all_requests_back():
    asked = []

    async def asking(url):
        async with Client(url, policy=Policy(concurrency=2, backoff_seconds=0.01)) as client:
            await client.answer("first", "/a")
            await asyncio.gather(*(client.answer(str(number), "/a") for number in range(6)))

    limited = (429, {"retry-after": "1"}, b"")
    with served(scripted(OK, limited, OK, asked=asked)) as url:
        run(lambda: asking(url))
    refused = asked[1][0]
    # one more was in flight when the refusal came
    assert sum(refused <= moment < refused + 0.9 for moment, _ in asked) <= 2


@pytest.mark.parametrize(
    ("headers", "message", "stops"),
    [
        ({}, "Your quota is exhausted", True),
        ({"x-quota-remaining": "0"}, "Too many", True),
        ({"x-quota-remaining": "0"}, "You have exceeded the maximum request count", False),
        ({"x-quota-remaining": "10"}, "Too many", False),
    ],
)
def test_the_two_kinds_of_429(headers, message, stops):
    body = json.dumps({"errors": [{"message": message}]}).encode()
    with served(
        scripted((429, {**headers, "retry-after": "0"}, body), (200, {"x-quota-remaining": "9"}, b"{}"))
    ) as url:
        if stops or headers.get("x-quota-remaining") == "0":
            with pytest.raises(StoppedError, match="quota is used up"):
                ask(url)
        else:
            assert ask(url)[0] == {}


def test_nothing_is_asked_with_an_empty_quota():
    asked = []

    async def asking(url):
        async with Client(url) as client:
            await client.answer("a", "/a")
            await client.answer("b", "/b")

    with served(scripted((200, {"x-quota-remaining": "0"}, b"{}"), asked=asked)) as url, pytest.raises(StoppedError):
        run(lambda: asking(url))
    assert len(asked) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_absence_is_landed_once_and_not_asked_again(tmp_path, status):
    asked = []
    with served(scripted((status, {}, b'{"errors": []}'), asked=asked)) as url:
        assert ask(url, Landing(tmp_path))[0] is None
        gave, tally = ask(url, Landing(tmp_path))
    assert gave is None and tally.reused == 1 and len(asked) == 1
    assert json.loads((tmp_path / "a.request.json").read_bytes())["status"] == status
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("status", [400, 418])
def test_what_no_retry_can_mend_fails_at_once_with_its_message(status):
    asked = []
    body = b'{"errors": [{"message": "limit too high"}]}'
    with served(scripted((status, {}, body), asked=asked)) as url, pytest.raises(RequestError, match="limit too high"):
        ask(url)
    assert len(asked) == 1


def test_a_server_that_never_recovers_is_given_up_and_named(tmp_path):
    with served(scripted((500, {}, b""))) as url, pytest.raises(RequestError, match="/a: HTTP 500, 4 times"):
        ask(url, Landing(tmp_path))
    with pytest.raises(RequestError, match="broken connection"):
        ask("http://127.0.0.1:9", Landing(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_gone_stops_the_whole_fetch():
    async def asking(url):
        async with Client(url, policy=Policy(attempts=2, backoff_seconds=0.01)) as client:
            for number in range(9):
                try:
                    await client.answer(str(number), "/a")
                except RequestError:
                    assert number < 4

    with served(scripted((502, {}, b""))) as url, pytest.raises(StoppedError, match="again and again"):
        run(lambda: asking(url))


def test_wrong_credentials_stop_after_a_few_attempts():
    asked = []
    with served(scripted((401, {}, b""), asked=asked)) as url, pytest.raises(StoppedError, match="refuses the cred"):
        ask(url, headers={"x-api-key": KEY})
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"content-length": "100"}, b'{"items": ', "broken connection (RemoteProtocolError)"),
        ({}, b'{"items": ', "cut or foreign body"),
        ({"content-type": "text/html"}, b"<html>Sorry</html>", "cut or foreign body"),
        ({"content-encoding": "gzip"}, b"no gzip", "broken connection (DecodingError)"),
    ],
)
def test_a_cut_body_is_asked_again_and_never_landed(tmp_path, headers, body, reason):
    with served(scripted((200, headers, body), OK)) as url:
        assert ask(url, Landing(tmp_path))[1].retries == {reason: 1}
    assert (tmp_path / "a.json").read_bytes() == OK[2]
    with served(scripted((200, headers, body))) as url, pytest.raises(RequestError):
        ask(url, Landing(tmp_path / "never"))
    assert not list((tmp_path / "never").iterdir())


def test_a_drip_and_a_silence_are_cut_off():
    async def dripping(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(40):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)

    async def silent(scope, receive, send):
        await asyncio.sleep(2)

    for app, reason in ((dripping, "no whole answer within 0.4 s"), (silent, "silence")):
        began = time.monotonic()
        with served(app) as url, pytest.raises(RequestError, match=reason):
            ask(url, timeout_seconds=0.4, attempts=1)
        assert time.monotonic() - began < 3


def test_a_redirect_to_another_host_is_refused_and_one_to_the_same_followed():
    elsewhere = []
    with served(scripted(OK, asked=elsewhere)) as other:
        for target in (f"{other}/a", other.replace("http://", "//") + "/a", "http://127.0.0.1.example/a"):
            app = scripted((302, {"location": target}, b""))
            with served(app) as url, pytest.raises(StoppedError, match="redirects to another host"):
                ask(url, headers={"x-api-key": KEY})
    assert elsewhere == []
    with served(scripted((307, {"location": "/b?q=1"}, b""), OK)) as url:
        assert ask(url)[0] == {"items": [1]}
    with served(scripted((301, {"location": "/a"}, b""))) as url, pytest.raises(RequestError, match="3 redirects"):
        ask(url)


def test_bodies_are_landed_byte_for_byte(tmp_path):
    body = '{"b":1.0,  "a": 1e2, "ü": "é"}\n'.encode()
    with served(scripted((200, {"etag": '"7"', "set-cookie": "session=secret"}, body))) as url:
        ask(url, Landing(tmp_path))
    assert (tmp_path / "a.json").read_bytes() == body
    request = json.loads((tmp_path / "a.request.json").read_bytes())
    assert request["sha256"] == hashlib.sha256(body).hexdigest()
    assert (request["path"], request["query"], request["status"]) == ("/a", {"q": "1"}, 200)
    assert request["headers"]["etag"] == '"7"' and "set-cookie" not in request["headers"]


def test_what_a_kill_left_half_is_asked_again(tmp_path):
    asked = []
    with served(scripted(OK, asked=asked)) as url:
        ask(url, Landing(tmp_path))
        for spoil in (
            lambda: (tmp_path / "a.json").write_bytes(OK[2][:5]),
            lambda: (tmp_path / "a.json").unlink(),
            lambda: (tmp_path / "a.request.json").write_bytes(b"{"),
            lambda: (tmp_path / "a.request.json").unlink(),
        ):
            spoil()
            (tmp_path / ".a.json.tmp").write_bytes(b"half")
            assert ask(url, Landing(tmp_path))[1].asked == 1
            assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.request.json"]
    assert len(asked) == 5


def test_names_from_the_source_never_leave_the_folder(tmp_path):
    for name in ("../a", "a/b", ".hidden", "", "a" * 300, "a\0b"):
        with pytest.raises(RequestError, match="cannot be a file name"):
            Landing(tmp_path).read(name)


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "https://user:pass@a.example", "https://a.example/path", "a.example", "https://"]
)
def test_addresses_that_are_refused(url):
    with pytest.raises(CrescendoError, match="--url"):
        Client(url)


def test_credentials_do_not_travel_in_the_clear():
    with pytest.raises(CrescendoError, match="use https"):
        Client("http://api.example", Access({"x-api-key": KEY}))


def test_progress_is_told_of_every_request_and_of_the_calls_left():
    told = []

    async def asking():
        async with Client(url, policy=Policy(concurrency=2), on_progress=lambda *said: told.append(said)) as client:
            await asyncio.gather(*(client.answer(str(number), "/a") for number in range(5)))

    with served(scripted((200, {"x-quota-remaining": "7"}, b"{}"))) as url:
        run(asking)
    assert told[0] == (0, 1, None)
    assert told[-1] == (5, 5, 7)
    assert all(done <= known for done, known, _ in told)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o700, 0o660])
def test_a_credentials_file_that_others_may_read_is_refused(tmp_path, monkeypatch, mode):
    file = tmp_path / "credentials"
    file.write_text(f"# mine\nTEST_ID={APP_ID}\nTEST_KEY = {KEY}\n")
    file.chmod(0o600)
    for name in ("TEST_ID", "TEST_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert credentials(("TEST_ID", "TEST_KEY"), file=file) == {"TEST_ID": APP_ID, "TEST_KEY": KEY}
    file.chmod(mode)
    with pytest.raises(CrescendoError, match=f"mode {mode:o}") as refused:
        credentials(("TEST_ID", "TEST_KEY"), file=file)
    assert KEY not in str(refused.value)


def test_other_credentials_that_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TEST_ID", APP_ID)
    with pytest.raises(CrescendoError, match="TEST_KEY not set"):
        credentials(("TEST_ID", "TEST_KEY"))
    monkeypatch.setenv("TEST_KEY", f"{KEY}\nx-evil: 1")
    with pytest.raises(CrescendoError, match="no HTTP header") as refused:
        credentials(("TEST_ID", "TEST_KEY"))
    assert KEY not in str(refused.value)
    file = tmp_path / "credentials"
    file.write_text(f"TEST_KEY={KEY}")
    file.chmod(0o600)
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    os.mkfifo(pipe, 0o600)
    monkeypatch.delenv("TEST_KEY")
    for path in (link, pipe, tmp_path, tmp_path / "missing"):
        with pytest.raises(CrescendoError, match="credentials file"):
            credentials(("TEST_ID", "TEST_KEY"), file=path)


@pytest.mark.parametrize("set_", [{}, {"A_ID"}, {"A_ID", "A_SECRET"}, {"B_KEY"}, {"A_ID", "B_KEY", "B_TEAM"}])
def test_the_first_set_of_credentials_that_is_whole_counts(monkeypatch, set_):
    sets = ("A_ID", "A_SECRET"), ("B_KEY", "B_TEAM")
    for name in (name for names in sets for name in names):
        monkeypatch.delenv(name, raising=False)
    for name in set_:
        monkeypatch.setenv(name, f"the {name}".replace(" ", "-"))
    whole = next((names for names in sets if set_ and set(names) <= set_), None)
    if whole:
        assert credentials(*sets) == {name: f"the-{name}" for name in whole}
    else:
        missing = {"A_ID": "A_SECRET", "B_KEY": "B_TEAM"}.get(min(set_, default=""), "A_ID and A_SECRET")
        with pytest.raises(CrescendoError, match=f"no credentials: {missing} not set"):
            credentials(*sets)


@pytest.mark.parametrize("way", ["keys", "a token"])
def test_credentials_are_in_no_landed_byte_log_or_message(tmp_path, monkeypatch, caplog, way):
    shown = dict(zip(KEYS, (APP_ID, KEY), strict=True))
    if way == "a token":
        shown = dict(zip(OAUTH, (APP_ID, KEY, "team-00112233445566"), strict=True))
        monkeypatch.setattr(secrets, "token_urlsafe", lambda _: "token-0123456789abcdef")
    for name, value in shown.items():
        monkeypatch.setenv(name, value)
    caplog.set_level(logging.DEBUG)
    catalogue = Catalogue(World(songs=20, days=60))
    faults = Faults(frozenset((*PASSING, "403", "404")), rate=0.3, drip_seconds=1)
    said = []
    with served(application(catalogue, faults, credentials=tuple(shown.values()))) as url:
        for platform in ("spotify", "youtube"):
            said.append(fetch_artist(url, tmp_path, catalogue.star, "--platform", platform, "--timeout", "0.5"))
        faults.quota = 0
        said.append(fetch_artist(url, tmp_path, catalogue.star, "--format", "json"))
    with served(application(catalogue)) as url:  # these credentials are not its own
        said.append(fetch_artist(url, tmp_path, catalogue.star))
    assert [code for code, _, _ in said] == [0, 0, 2, 2]
    assert sum(path.is_file() for path in tmp_path.rglob("*")) > 50
    landed = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    everything = b"".join(landed).decode() + repr(said) + caplog.text
    basic = base64.b64encode(f"{APP_ID}:{KEY}".encode()).decode()
    assert not [value for value in (*shown.values(), basic, "token-0123456789abcdef") if value in everything]


TOKEN = (200, {}, b'{"access_token": "first-0123456789", "expires_in": 3600}')
SECOND = (200, {}, b'{"access_token": "second-0123456789"}')
REFUSED, BUSY = (401, {}, b"{}"), (503, {"retry-after": "0"}, b"")


def asked_with_token(*answers, times=1, concurrency=8):
    """Requests through a client that gets its token of the same server: (what was asked, in order; its answers)."""
    asked = []

    async def asking(url):
        auth = ClientCredentials(f"{url}/oauth/token", APP_ID, KEY, {"team_id": "t"})
        async with Client(url, Access(auth=auth), policy=Policy(concurrency, backoff_seconds=0.01)) as client:
            return await asyncio.gather(*(client.answer(str(number), f"/{number}") for number in range(times)))

    with served(scripted(*answers, asked=asked)) as url:
        answered = run(lambda: asking(url))
    return [headers[b"authorization"].decode().rpartition(" ")[2] for _, headers in asked], answered


BASIC = base64.b64encode(f"{APP_ID}:{KEY}".encode()).decode()
FIRST, RENEWED = "first-0123456789", "second-0123456789"


@pytest.mark.parametrize(
    ("answers", "times", "shown"),
    [
        ([TOKEN, OK], 1, [BASIC, FIRST]),
        ([TOKEN, OK], 5, [BASIC, *[FIRST] * 5]),
        ([TOKEN, REFUSED, SECOND, OK], 1, [BASIC, FIRST, BASIC, RENEWED]),
        ([BUSY, (200, {}, b"<html>"), (200, {}, b"[]"), TOKEN, OK], 1, [BASIC] * 4 + [FIRST]),
        ([(200, {}, b'{"access_token": "first-0123456789", "expires_in": 1e-6}'), OK, SECOND, OK], 2,
         [BASIC, FIRST, BASIC, RENEWED]),
    ],
)  # fmt: skip
def test_a_token_is_had_once_and_anew_when_it_is_refused_or_ends(answers, times, shown):
    found, answered = asked_with_token(*answers, times=times, concurrency=1)
    assert found == shown
    assert answered == [{"items": [1]}] * times


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (REFUSED, "refuses the credentials"),
        ((400, {}, b'{"error": "invalid_client"}'), "refuses the credentials"),
        ((302, {"location": "https://elsewhere.example/"}, b""), "refuses the credentials"),
        ((200, {}, b'{"access_token": "two words"}'), "no HTTP header may hold"),
        ((429, {"retry-after": "7200"}, b""), "7200 s"),
        ((503, {}, b""), "HTTP 503 for a token, 4 times"),
    ],
)
def test_without_a_token_nothing_is_asked(answer, said):
    with pytest.raises(CrescendoError, match=said) as refused:
        asked_with_token(answer)
    assert KEY not in str(refused.value)


def test_a_token_is_not_asked_for_in_the_open():
    with pytest.raises(CrescendoError, match="use https"):
        ClientCredentials("http://account.example/oauth/token", APP_ID, KEY, {})


def test_a_token_that_ends_early_lands_the_same(tmp_path):
    catalogue = Catalogue(World(songs=20, days=60))
    options = ("--platform", "spotify")
    with served(application(catalogue)) as url:
        assert fetch_artist(url, tmp_path / "keys", catalogue.star, "--sandbox", *options)[0] == 0
    with (
        pytest.MonkeyPatch.context() as patch,
        served(application(catalogue, credentials=(APP_ID, KEY, "team"), token_seconds=0.2)) as url,
    ):
        for name, value in zip(OAUTH, (APP_ID, KEY, "team"), strict=True):
            patch.setenv(name, value)
        assert fetch_artist(url, tmp_path / "token", catalogue.star, *options)[0] == 0
    assert bodies(tmp_path / "keys") == bodies(tmp_path / "token")


def test_an_answer_that_repeats_a_credential_is_not_landed(tmp_path):
    for status in (200, 404):
        app = scripted((status, {}, json.dumps({"you sent": KEY}).encode()))
        with served(app) as url, pytest.raises(StoppedError, match="credential inside") as refused:
            ask(url, Landing(tmp_path), headers={"x-api-key": KEY})
        assert KEY not in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("secret", [FIRST, KEY, BASIC])
def test_an_answer_that_repeats_a_token_or_what_it_is_had_for_is_refused(secret):
    with pytest.raises(StoppedError, match="credential inside") as refused:
        asked_with_token(TOKEN, (200, {}, json.dumps({"you sent": secret}).encode()))
    assert secret not in str(refused.value)


def test_no_more_requests_are_in_flight_than_allowed():
    flying, most = 0, 0

    async def app(scope, receive, send):
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.02)
        flying -= 1
        await scripted(OK)(scope, receive, send)

    async def asking(url):
        async with Client(url, policy=Policy(concurrency=3)) as client:
            await asyncio.gather(*(client.answer(str(number), "/a") for number in range(20)))

    with served(app) as url:
        run(lambda: asking(url))
    assert most == 3


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br"])
def test_a_body_that_unpacks_to_more_than_the_limit_is_refused_within_little_memory(tmp_path, encoding):
    body = gzip.compress(b" " * (client.MAX_BODY_BYTES + 1000))
    if encoding == "gzip, gzip":
        body = gzip.compress(body)
    with served(scripted((200, {"content-encoding": encoding}, body))) as url:
        tracemalloc.start()
        with pytest.raises(RequestError, match=r"refused, (more than 64 MiB|packed as)"):
            ask(url, Landing(tmp_path))
        [_, peak] = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 4 * client.MAX_BODY_BYTES
    assert not list(tmp_path.iterdir())


def test_a_landed_answer_that_was_damaged_is_asked_for_again(tmp_path):
    with served(scripted(OK)) as url:
        ask(url, Landing(tmp_path))
        for name, content in (("a.json", b"x" * len(OK[2])), ("a.request.json", b"{}"), ("a.request.json", b"[")):
            (tmp_path / name).write_bytes(content)
            assert ask(url, Landing(tmp_path))[1].asked == 1
    assert (tmp_path / "a.json").read_bytes() == OK[2]
