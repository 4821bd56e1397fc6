"""The one HTTP client of all sources: it asks, waits where told, and lands answers before anyone reads them.

What it promises:

- an answer is a file with the bytes of the body, its request beside it; both appear whole or not at all;
- an answer that is landed is not asked for again, so a killed run goes on where it stopped;
- what is absent by declaration (403, 404, 410) is landed as an absence and never retried;
- what may pass (401 bursts, 429 of the rate, 5xx, silence, drip, cut bodies) is retried with jitter;
- a used-up quota stops;
- credentials travel in headers, to one origin only, and appear nowhere else.
"""

import asyncio
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import random
import re
import stat
import time
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from crescendo.errors import CrescendoError
from crescendo.privacy import private_files

ABSENCES = {403: "not in the plan", 404: "no data", 410: "withdrawn"}
PASSING = {401, 500, 502, 503, 504}
KEPT_HEADERS = ("content-type", "date", "etag", "retry-after", "x-quota-remaining", "x-ratelimit-reset")
MAX_BODY_BYTES = 64 * 2**20
ENCODINGS = ("identity", "", "gzip")
MAX_REDIRECTS = 3
# beyond this a wait the server asks for is better spent by starting again later
MAX_TOLD_WAIT_SECONDS = 900
# so many requests in a row that fail for good mean that the server is gone, not that a document is ill
FAILURES_IN_A_ROW = 5
FIRST_ATTEMPTS = 4
# shorter ones turn up in data by chance, and are no secrets
SECRET_BYTES = 12
# of a token that does not say how long it lasts, and how long before its end it is not used any more
TOKEN_SECONDS, SPARE_SECONDS = 600, 30
HEADER_VALUE = re.compile(r"[!-~]+")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# status, headers, body
Exchanged = tuple[int, httpx.Headers, bytes]


class RequestError(CrescendoError):
    """One request failed for good; others may still succeed."""


class StoppedError(CrescendoError):
    """Nothing more can be asked: quota, credentials, a redirect elsewhere, a server that is gone."""


class _PassingError(Exception):
    """An answer that may be better next time; `seconds` where the server said when."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


def credentials(*sets: tuple[str, ...], file: Path | None = None) -> dict[str, str]:
    """The secrets of the first set of names that is whole, from the environment or else a file of lines NAME=value.

    Raises:
        CrescendoError: no set is whole, the file can be read by others, or a value cannot be a header.
    """
    wanted = {name for names in sets for name in names}
    values = {name: os.environ[name] for name in wanted if os.environ.get(name)}
    whole = [names for names in sets if values.keys() >= set(names)]
    if not whole and file is not None:
        values |= {name: value for name, value in _credentials_file(file).items() if value}
        whole = [names for names in sets if values.keys() >= set(names)]
    if not whole:
        nearest = max(sets, key=lambda names: len(values.keys() & set(names)))
        missing = " and ".join(name for name in nearest if name not in values)
        raise CrescendoError(
            f"no credentials: {missing} not set; export them, or write NAME=value lines to a "
            "file of mode 600 and name it with --credentials"
        )
    found = {name: values[name].strip() for name in whole[0]}
    for name, value in found.items():
        if not HEADER_VALUE.fullmatch(value):
            raise CrescendoError(f"{name} holds a character that no HTTP header may hold: set it again")
    return found


def _credentials_file(file: Path) -> dict[str, str]:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise CrescendoError(f"credentials file {file}: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
        os.close(descriptor)
        raise CrescendoError(f"credentials file {file} is not a plain file of yours: write one, mode 600")
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as opened:
        if stat.S_IMODE(status.st_mode) & 0o177:
            mode = f"{stat.S_IMODE(status.st_mode):o}"
            raise CrescendoError(f"credentials file {file} has mode {mode}: run chmod 600 {file}")
        pairs = (line.partition("=") for line in opened if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip() for name, _, value in pairs}


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a landing folder for one fetch at a time; the lock dies with its process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CrescendoError(f"--to {folder}: {error.strerror}; name a folder that you can write to") from None
    with private_files(), (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CrescendoError(f"another fetch is at work in {folder}: wait for it, or use --to") from None
        yield


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that a reader, or a kill, sees whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


class Landing:
    """A folder of answers: `<name>.json` as it came, `<name>.request.json` beside it.

    The request is written first, so a body never stands alone; an absence is a request without a body.
    One that is not `writable` shows what is there and keeps nothing.
    """

    def __init__(self, folder: Path, writable: bool = True) -> None:
        self.folder, self.writable = folder, writable
        if writable:
            folder.mkdir(parents=True, exist_ok=True)
            for leftover in folder.glob(".*.tmp"):
                leftover.unlink()

    def read(self, name: str) -> bytes | int | None:
        """The body of a landed answer, the status of a landed absence, or None."""
        try:
            request = json.loads(self._path(name, "request.json").read_bytes())
            status, digest = request["status"], request["sha256"]
            if status in ABSENCES:
                return status
            body = self._path(name, "json").read_bytes()
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # damaged since: asked for again
        return body if hashlib.sha256(body).hexdigest() == digest else None

    def keep(self, name: str, body: bytes, request: Mapping[str, Any]) -> None:
        """Land an answer, or an absence if the status of its request says so."""
        if not self.writable:
            return
        absent = request["status"] in ABSENCES
        answer = {"answer": body[:4096].decode("utf-8", "replace")} if absent else {}
        text = json.dumps({**request, **answer}, ensure_ascii=False, indent=1)
        write_atomically(self._path(name, "request.json"), text.encode())
        if not absent:
            write_atomically(self._path(name, "json"), body)

    def _path(self, name: str, ending: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}", name):
            raise RequestError(f"{name!r} cannot be a file name: the source sent an unknown form of id")
        return self.folder / f"{name}.{ending}"


@dataclass
class Tally:
    """What a fetch did, counted; `notes` are the oddities that were handled, by kind."""

    asked: int = 0
    reused: int = 0
    absent: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    quota_remaining: int | None = None

    def note(self, kind: str, detail: str) -> None:
        """Remember an oddity."""
        self.notes.setdefault(kind, []).append(detail)


class ClientCredentials(httpx.Auth):
    """A bearer token for an application's credentials (RFC 6749, 4.4), renewed when it ends or is refused.

    Args:
        url: of the token endpoint.
        identity, secret: of the application, for HTTP Basic.
        form: fields that the source wants beside the grant's type.
    """

    def __init__(self, url: str, identity: str, secret: str, form: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._origin = _origin(f"{parts.scheme}://{parts.netloc}", secret=True)
        self._url = url
        self._basic = base64.b64encode(f"{identity}:{secret}".encode()).decode()
        self._form = {"grant_type": "client_credentials", **form}
        self._secret, self._token, self._until = secret, "", 0.0
        self._one = asyncio.Lock()

    @property
    def secrets(self) -> list[str]:
        """What no answer may hold."""
        return [self._secret, self._basic, self._token]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Ask for a token where there is none, then send the request with it."""
        async with self._one:
            if time.monotonic() >= self._until:
                headers = {"authorization": f"Basic {self._basic}", "accept": "application/json"}
                headers["accept-encoding"] = "identity"
                response = yield httpx.Request("POST", self._url, headers=headers, data=self._form)
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise StoppedError(f"{self._origin} packs its token, which nobody asked for: tell the source")
                await response.aread()
                self._take(response)
        token = self._token
        request.headers["authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401 and token == self._token:
            self._until = 0.0

    def _take(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 429 or status in PASSING - {401}:
            raise _passing(self._origin, f"HTTP {status} for a token", response.headers)
        if status != 200:
            raise StoppedError(f"{self._origin} refuses the credentials (HTTP {status}): check them")
        try:
            said = response.json()
            token, seconds = str(said["access_token"]), float(said.get("expires_in") or TOKEN_SECONDS)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _PassingError("cut or foreign token") from None
        if not HEADER_VALUE.fullmatch(token):
            raise StoppedError(f"{self._origin} gives a token that no HTTP header may hold: tell the source")
        self._token, self._until = token, time.monotonic() + max(seconds - SPARE_SECONDS, seconds / 2)


class Client:
    """Asks one origin, lands what it answers.

    Args:
        url: scheme, host and port of the source.
        headers: sent with every request; their values are treated as secrets unless `public`.
        auth: instead of such headers, where a token is to be had first.
        landing: where answers go; None keeps nothing.
        concurrency: requests in flight at most.
        timeout_seconds: for one answer from connecting to its last byte; silence is given half of it.
        attempts: of one request before it counts as failed.
        backoff_seconds: upper bound of the first wait, doubled with each attempt.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        auth: ClientCredentials | None = None,
        landing: Landing | None = None,
        public: bool = False,
        concurrency: int = 8,
        timeout_seconds: float = 60,
        attempts: int = 8,
        backoff_seconds: float = 0.5,
        title: str = "",
    ) -> None:
        self.origin = _origin(url, auth is not None or (bool(headers) and not public))
        self.landing = landing
        self.tally = Tally()
        self._auth = auth
        self._values = [] if public or not headers else list(headers.values())
        self._timeout = timeout_seconds
        self._attempts, self._backoff = attempts, backoff_seconds
        self._slots = asyncio.Semaphore(concurrency)
        self._quiet_until = 0.0
        self._failures_in_a_row, self._answered = 0, False
        self._http = httpx.AsyncClient(
            headers={"accept": "application/json", "accept-encoding": "gzip", **(headers or {})},
            auth=auth,
            timeout=httpx.Timeout(timeout_seconds / 2, pool=None),
            # a proxy between us and our own machine would only see what it need not see
            trust_env=urlsplit(self.origin).hostname not in LOOPBACK,
        )
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[quota]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(title, total=0, quota="")

    async def __aenter__(self) -> "Client":
        self._progress.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._progress.stop()
        await self._http.aclose()

    async def answer(
        self,
        name: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        landing: bool = True,
    ) -> Any | None:
        """The parsed answer to a GET, landed under `name` first; None where its absence is declared.

        Raises:
            RequestError: after all attempts, or at once on a status that no retry can mend.
            StoppedError: nothing more can be asked.
        """
        self._progress.update(self._task, total=self._progress.tasks[0].total + 1)
        kept = self.landing if landing else None
        found = kept.read(name) if kept else None
        if found is None:
            status, headers, body = await self._ask(path, query or {})
            request = {
                **(facts or {}),
                "method": "GET",
                "path": path,
                "query": {key: str(value) for key, value in (query or {}).items()},
                "status": status,
                "fetched_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "sha256": hashlib.sha256(body).hexdigest(),
                "bytes": len(body),
                "headers": {key: headers[key] for key in KEPT_HEADERS if key in headers},
            }
            if kept:
                kept.keep(name, body, request)
            self.tally.asked += 1
            found = status if status in ABSENCES else body
        else:
            self.tally.reused += 1
        self._progress.advance(self._task)
        if isinstance(found, int):
            self.tally.absent[ABSENCES[found]] += 1
            return None
        return json.loads(found)

    async def _ask(self, path: str, query: Mapping[str, Any]) -> Exchanged:
        """Exchange until there is an answer; raises what `answer` raises."""
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(_PassingError),
                stop=lambda state: state.attempt_number >= self._patience(),
                wait=self._wait,
                reraise=True,
            ):
                with attempt:
                    result = await self._exchange_within_rate(path, query)
        except _PassingError as error:
            if str(error).startswith("HTTP 401"):
                raise StoppedError(f"{self.origin} refuses the credentials ({error}): check them") from None
            raise self._failed(path, f"{error}, {self._patience()} times") from None
        status, _, body = result
        if status != 200 and status not in ABSENCES:
            raise self._failed(path, f"HTTP {status}: {_message(body)}")
        secrets = self._values + (self._auth.secrets if self._auth else [])
        if any(len(secret) >= SECRET_BYTES and secret.encode() in body for secret in secrets):
            raise StoppedError(f"{path} was answered with a credential inside: not landed; tell the source")
        self._failures_in_a_row, self._answered = 0, True
        return result

    def _patience(self) -> int:
        """Attempts that a request has: few until anything was answered, since then the set-up is at fault."""
        return self._attempts if self._answered else min(self._attempts, FIRST_ATTEMPTS)

    def _failed(self, path: str, reason: str) -> CrescendoError:
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= FAILURES_IN_A_ROW:
            return StoppedError(f"{self.origin} fails again and again ({reason}): try later, the run goes on")
        return RequestError(f"{path}: {reason}")

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception()
        self.tally.retries[str(error)] += 1
        jittered = wait_random_exponential(multiplier=self._backoff, max=60)(state)
        return jittered if error.seconds is None else error.seconds + jittered

    async def _exchange_within_rate(self, path: str, query: Mapping[str, Any]) -> Exchanged:
        """One answer; a 429 of the rate is waited out by all requests together, one of the quota stops."""
        waited = 0.0
        while True:
            async with self._slots:
                while (rest := self._quiet_until - time.monotonic()) > 0:
                    await asyncio.sleep(rest)
                if self.tally.quota_remaining is not None and self.tally.quota_remaining <= 0:
                    raise StoppedError(_QUOTA)
                status, headers, body = await self._exchange(path, query)
                self._watch_quota(headers)
                if status != 429:
                    break
                message = _message(body)
                # both causes carry the same code; the documented words tell them apart
                if "maximum request count" not in message and (
                    "quota" in message.lower() or (self.tally.quota_remaining or 1) <= 0
                ):
                    raise StoppedError(_QUOTA)
                seconds = told_wait(headers)
                seconds = self._backoff * 2 if seconds is None else seconds
                waited += max(seconds, self._backoff)
                if waited > MAX_TOLD_WAIT_SECONDS:
                    raise StoppedError(f"{self.origin} asks for a wait of {seconds:.0f} s: run again then")
                self.tally.retries["HTTP 429 (rate)"] += 1
                until = time.monotonic() + seconds + random.random() * self._backoff  # noqa: S311 jitter, no secret
                self._quiet_until = max(self._quiet_until, until)
        if status in PASSING:
            raise _passing(self.origin, f"HTTP {status}", headers)
        return status, headers, body

    async def _exchange(self, path: str, query: Mapping[str, Any]) -> Exchanged:
        """One exchange, redirects of the same origin followed; all that a wire does wrong may pass."""
        url, parameters = self.origin + path, dict(query)
        try:
            async with asyncio.timeout(self._timeout):
                for _ in range(MAX_REDIRECTS + 1):
                    async with self._http.stream("GET", url, params=parameters or None) as response:
                        if not response.has_redirect_location:
                            return response.status_code, response.headers, await self._body(response)
                        url, parameters = urljoin(url, response.headers["location"]), {}
                        if not url.startswith(self.origin + "/"):
                            raise StoppedError(
                                f"{self.origin} redirects to another host ({urlsplit(url).hostname}): "
                                "refused, since credentials would go there; check --url"
                            )
        except TimeoutError:
            raise _PassingError(f"no whole answer within {self._timeout:g} s") from None
        except httpx.TimeoutException:
            raise _PassingError("silence") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            # the texts of the library may hold what was sent: its class is enough
            raise _PassingError(f"broken connection ({type(error).__name__})") from None
        raise RequestError(f"{path}: more than {MAX_REDIRECTS} redirects")

    async def _body(self, response: httpx.Response) -> bytes:
        """The whole body; a success that is cut shows as JSON that does not end."""
        body = bytearray()
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ENCODINGS:
            raise RequestError(f"{response.url.path}: refused, packed as {encoding[:40]!r}, which nobody asked for")
        # not httpx's own: it unpacks a chunk whole, whatever comes of it
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
        async for chunk in response.aiter_raw():
            body += _unpacked(unpack, chunk, MAX_BODY_BYTES + 1 - len(body)) if unpack else chunk
            if len(body) > MAX_BODY_BYTES:
                raise RequestError(f"{response.url.path}: refused, more than {MAX_BODY_BYTES >> 20} MiB")
        if response.status_code == 200:
            try:
                json.loads(body)
            except ValueError:
                raise _PassingError("cut or foreign body") from None
        return bytes(body)

    def _watch_quota(self, headers: httpx.Headers) -> None:
        with contextlib.suppress(ValueError, KeyError):
            self.tally.quota_remaining = int(headers["x-quota-remaining"])
            self._progress.update(self._task, quota=f"{self.tally.quota_remaining} calls left")


def _unpacked(unpack: Any, chunk: bytes, most: int) -> bytes:
    """What a chunk unpacks to, `most` bytes of it. Raises httpx.DecodingError where it is no gzip."""
    try:
        return unpack.decompress(chunk, most)
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None


_QUOTA = "the quota is used up: what was landed stays; once it is renewed, the same command goes on"


def _origin(url: str, secret: bool) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and bool(httpx.URL(url))
    except (ValueError, httpx.InvalidURL):
        usable = False
    if (
        not usable
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
    ):
        raise CrescendoError("--url wants scheme, host and port alone, such as https://customer.api.soundcharts.com")
    if parts.username or parts.password:
        raise CrescendoError("--url holds credentials, which every process list would show: leave them out")
    if secret and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise CrescendoError(f"{parts.hostname} would get the credentials unencrypted: use https")
    return f"{parts.scheme}://{parts.netloc}"


def told_wait(headers: httpx.Headers) -> float | None:
    """Seconds that the server asks to wait, from either header; None where it says nothing usable."""
    told = headers.get("retry-after", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", told):
        return max(0.0, float(told))
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    with contextlib.suppress(ValueError, KeyError):
        reset = float(headers["x-ratelimit-reset"])
        # some sources give the second of the day's clock instead; one second more, since both are rounded
        return max(0.0, reset - time.time() if reset > 1e9 else reset) + 1
    return None


def _passing(origin: str, reason: str, headers: httpx.Headers) -> Exception:
    """What to raise where an answer may be better next time, unless that is hours away."""
    seconds = told_wait(headers)
    if seconds is not None and seconds > MAX_TOLD_WAIT_SECONDS:
        return StoppedError(f"{origin} asks for a wait of {seconds:.0f} s: run again then")
    return _PassingError(reason, seconds)


def _message(body: bytes) -> str:
    """What an error envelope says, or the beginning of whatever came."""
    with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
        return str(json.loads(body)["errors"][0]["message"])
    return body[:200].decode("utf-8", "replace")


def run(fetch: Callable[[], Any]) -> Any:
    """Run an async fetch to its end; of many errors at once the one that stopped it is raised."""
    try:
        return asyncio.run(fetch())
    except* CrescendoError as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        error = first
    raise error from None
