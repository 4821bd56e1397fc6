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
import contextlib
import hashlib
import json
import logging
import random
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from crescendo.errors import CrescendoError
from crescendo.http.answers import (
    ABSENCES,
    LOOPBACK,
    MAX_TOLD_WAIT_SECONDS,
    PASSING,
    ForeignBodyError,
    PassingError,
    RequestError,
    StoppedError,
    message,
    origin,
    passing,
    told_wait,
)
from crescendo.http.credentials import Access
from crescendo.http.landing import Landing
from crescendo.logs import event
from crescendo.operations import journal

KEPT_HEADERS = ("content-type", "date", "etag", "retry-after", "x-quota-remaining", "x-ratelimit-reset")
MAX_BODY_BYTES = 64 * 2**20
ENCODINGS = ("identity", "", "gzip")
MAX_REDIRECTS = 3
CHUNK_BYTES = 1 << 20
# so many requests in a row that fail for good mean that the server is gone, not that a document is ill
FAILURES_IN_A_ROW = 5
FIRST_ATTEMPTS = 4
# shorter ones turn up in data by chance, and are no secrets
SECRET_BYTES = 12
QUOTA = "the quota is used up: what was landed stays; once it is renewed, the same command goes on"

# status, headers, body
Exchanged = tuple[int, httpx.Headers, bytes]
Exchange = Callable[[str, Mapping[str, Any]], Awaitable[Exchanged]]


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

    def add(self, other: "Tally") -> None:
        """Count what another client did as well."""
        self.asked, self.reused = self.asked + other.asked, self.reused + other.reused
        self.absent += other.absent
        self.retries += other.retries
        self.failed += other.failed


OnProgress = Callable[[int, int, int | None], None]


@dataclass(frozen=True)
class Policy:
    """How a client asks.

    Args:
        concurrency: requests in flight at most.
        timeout_seconds: for one answer from connecting to its last byte; silence is given half of it.
        attempts: of one request before it counts as failed.
        backoff_seconds: upper bound of the first wait, doubled with each attempt.
        forgives_401: whether a refusal may pass, as at sources that refuse in bursts; else the first one stops.
    """

    concurrency: int = 8
    timeout_seconds: float = 60
    attempts: int = 8
    backoff_seconds: float = 0.5
    forgives_401: bool = True


NOBODY, USUAL = Access(), Policy()


class Client:
    """Asks one origin, lands what it answers.

    Args:
        url: scheme, host and port of the source.
        access: how it says who asks.
        landing: where answers go; None keeps nothing.
        policy: how fast, and how patient.
        on_progress: told of every request: those that are done, those known, and the calls left (None: unknown).
        source: what the journal calls it; without one, nothing is noted there.
    """

    def __init__(
        self,
        url: str,
        access: Access = NOBODY,
        *,
        landing: Landing | None = None,
        policy: Policy = USUAL,
        on_progress: OnProgress | None = None,
        source: str = "",
    ) -> None:
        self.origin = origin(url, access.has_secrets)
        self.landing = landing
        self.tally = Tally()
        self._source = source
        self._access, self._policy, self._on_progress = access, policy, on_progress
        self._slots = asyncio.Semaphore(policy.concurrency)
        self._quiet_until = 0.0
        self._known = self._done = 0
        self._failures_in_a_row, self._answered = 0, False
        self._http = httpx.AsyncClient(
            headers={"accept": "application/json", "accept-encoding": "gzip", **access.headers},
            auth=access.auth,
            timeout=httpx.Timeout(policy.timeout_seconds / 2, pool=None),
            # a proxy between us and our own machine would only see what it need not see
            trust_env=urlsplit(self.origin).hostname not in LOOPBACK,
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def answer(
        self,
        name: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        landing: bool = True,
    ) -> Any | None:
        """The parsed answer to a GET, landed under `name` first; None if its absence is declared.

        Raises:
            RequestError: after all attempts, or at once on a status that no retry can mend.
            StoppedError: nothing more can be asked.
        """
        self._tell(known=1)
        kept = self.landing if landing else None
        found = kept.read(name) if kept else None
        what = {key: (facts or {}).get(key) for key in ("document", "platform", "page")}
        if found is None:
            began = time.monotonic()
            status, headers, body = await self._ask(path, query or {}, str((facts or {}).get("document", name)))
            took = round(1000 * (time.monotonic() - began), 1)
            event(logging.DEBUG, "answered", **what, status=status, bytes=len(body), milliseconds=took)
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
            event(logging.DEBUG, "landed before", **what)
        self._tell(done=1)
        if isinstance(found, int):
            self.tally.absent[ABSENCES[found]] += 1
            return None
        return _read(found, path)

    async def _ask(self, path: str, query: Mapping[str, Any], endpoint: str) -> Exchanged:
        """Exchange until there is an answer; raises what `answer` raises."""
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(PassingError),
                stop=lambda state: state.attempt_number >= self._patience(),
                wait=self._wait,
                reraise=True,
            ):
                with attempt:
                    asked = partial(self._noted, endpoint, attempt.retry_state.attempt_number - 1)
                    result = await self._exchange_within_rate(path, query, asked)
        except PassingError as error:
            if str(error).startswith("HTTP 401"):
                raise StoppedError(f"{self.origin} refuses the credentials ({error}): check them") from None
            raise self._failed(path, f"{error}, {self._patience()} times") from None
        status, _, body = result
        if status != 200 and status not in ABSENCES:
            raise self._failed(path, f"HTTP {status}: {message(body)}")
        secrets = self._access.secrets
        if any(len(secret) >= SECRET_BYTES and secret.encode() in body for secret in secrets):
            raise StoppedError(f"{path} was answered with a credential inside: not landed; tell the source")
        self._failures_in_a_row, self._answered = 0, True
        return result

    def _patience(self) -> int:
        """Attempts that a request has: few until anything was answered, since then the set-up is at fault."""
        return self._policy.attempts if self._answered else min(self._policy.attempts, FIRST_ATTEMPTS)

    def _failed(self, path: str, reason: str) -> CrescendoError:
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= FAILURES_IN_A_ROW:
            return StoppedError(f"{self.origin} fails again and again ({reason}): try later, the run goes on")
        return RequestError(f"{path}: {reason}")

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        self.tally.retries[str(error)] += 1
        event(logging.WARNING, "asked again", origin=self.origin, why=error, attempt=state.attempt_number)
        jittered = wait_random_exponential(multiplier=self._policy.backoff_seconds, max=60)(state)
        return jittered + (getattr(error, "seconds", None) or 0)

    async def _noted(self, endpoint: str, retries: int, path: str, query: Mapping[str, Any]) -> Exchanged:
        """One exchange, entered in the journal with what came of it."""
        began, came = time.monotonic(), "refused"
        try:
            answer = await self._exchange(path, query)
            came = str(answer[0])
            return answer
        except PassingError as error:
            came = str(error)
            raise
        finally:
            if self._source:
                journal.current().request(self._source, endpoint, time.monotonic() - began, came, retries)

    async def _exchange_within_rate(self, path: str, query: Mapping[str, Any], exchange: Exchange) -> Exchanged:
        """One answer; a 429 of the rate is waited out by all requests together, one of the quota stops."""
        waited = 0.0
        while True:
            async with self._slots:
                while (rest := self._quiet_until - time.monotonic()) > 0:
                    await asyncio.sleep(rest)
                if self.tally.quota_remaining is not None and self.tally.quota_remaining <= 0:
                    raise StoppedError(QUOTA)
                status, headers, body = await exchange(path, query)
                self._watch_quota(headers)
                if status != 429:
                    break
                said = message(body)
                # both causes carry the same code; the documented words tell them apart
                if "maximum request count" not in said and (
                    "quota" in said.lower() or (self.tally.quota_remaining or 1) <= 0
                ):
                    raise StoppedError(QUOTA)
                seconds = told_wait(headers)
                seconds = self._policy.backoff_seconds * 2 if seconds is None else seconds
                waited += max(seconds, self._policy.backoff_seconds)
                if waited > MAX_TOLD_WAIT_SECONDS:
                    raise StoppedError(f"{self.origin} asks for a wait of {seconds:.0f} s: run again then")
                self.tally.retries["HTTP 429 (rate)"] += 1
                event(logging.WARNING, "held back", origin=self.origin, why="HTTP 429 (rate)", seconds=seconds)
                until = time.monotonic() + seconds + random.random() * self._policy.backoff_seconds  # noqa: S311 jitter, no secret
                self._quiet_until = max(self._quiet_until, until)
        if status == 401 and not self._policy.forgives_401:
            raise StoppedError(f"{self.origin} refuses the credentials ({message(body)}): check them")
        if status in PASSING:
            raise passing(self.origin, f"HTTP {status}", headers)
        return status, headers, body

    async def once(self, path: str, query: Mapping[str, Any]) -> Exchanged:
        """Whatever a request is answered, asked once. Raises PassingError if nothing usable comes, StoppedError."""
        return await self._exchange(path, query)

    async def _exchange(self, path: str, query: Mapping[str, Any]) -> Exchanged:
        """One exchange, redirects of the same origin followed; all that a wire does wrong may pass."""
        url, parameters = self.origin + path, dict(query)
        try:
            async with asyncio.timeout(self._policy.timeout_seconds):
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
            raise PassingError(f"no whole answer within {self._policy.timeout_seconds:g} s") from None
        except httpx.TimeoutException:
            raise PassingError("silence") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            # the texts of the library may hold what was sent: its class is enough
            raise PassingError(f"broken connection ({type(error).__name__})") from None
        raise RequestError(f"{path}: more than {MAX_REDIRECTS} redirects")

    async def _body(self, response: httpx.Response) -> bytes:
        """The whole body; a success that is cut shows as JSON that does not end."""
        body = bytearray()
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ENCODINGS:
            raise RequestError(f"{response.url.path}: refused, packed as {encoding[:40]!r}, which was not asked for")
        # not httpx's own: it unpacks a chunk whole, whatever comes of it
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
        async for chunk in response.aiter_raw():
            body += _unpacked(unpack, chunk, MAX_BODY_BYTES + 1 - len(body)) if unpack else chunk
            if len(body) > MAX_BODY_BYTES:
                raise RequestError(f"{response.url.path}: refused, more than {MAX_BODY_BYTES >> 20} MiB")
        if response.status_code == 200:
            try:
                _read(bytes(body), response.url.path)
            except (ValueError, EOFError, zlib.error):
                raise ForeignBodyError("cut or foreign body") from None
        return bytes(body)

    def _watch_quota(self, headers: httpx.Headers) -> None:
        with contextlib.suppress(ValueError, KeyError):
            self.tally.quota_remaining = int(headers["x-quota-remaining"])
            self._tell()

    def _tell(self, known: int = 0, done: int = 0) -> None:
        self._known, self._done = self._known + known, self._done + done
        if self._on_progress:
            self._on_progress(self._done, self._known, self.tally.quota_remaining)


def _read(body: bytes, path: str) -> Any:
    """What a body says: its JSON or, of a gzipped file, the body itself.

    Raises ValueError, EOFError or zlib.error if it is something else or cut.
    """
    if not path.endswith(".gz"):
        return json.loads(body)
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for start in range(0, len(body), CHUNK_BYTES):
        chunk = body[start : start + CHUNK_BYTES]
        while chunk and not unpack.eof:
            unpack.decompress(chunk, MAX_BODY_BYTES)
            chunk = unpack.unconsumed_tail
    if not unpack.eof:
        raise EOFError("cut")
    return body


def _unpacked(unpack: Any, chunk: bytes, most: int) -> bytes:
    """What a chunk unpacks to, `most` bytes of it. Raises httpx.DecodingError if it is not gzip."""
    try:
        return unpack.decompress(chunk, most)
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None


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
