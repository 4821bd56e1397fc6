"""What all simulators share: the faults that a network and a tired server have, and a server on loopback.

Faults are drawn from (seed, request, how often it was asked before): they do not depend on the order of
requests (bursts of 401 aside), and a request that is repeated comes through after FAULTS_IN_A_ROW of them.
"""

import asyncio
import contextlib
import hashlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import click
import uvicorn

from crescendo.errors import CrescendoError

Lifespan = Literal["on", "off"]
FAULTS_IN_A_ROW = 2
BURST = 3
ANSWERS = {
    "401": (401, "You are not logged in"),
    "429": (429, "You have exceeded the maximum request count"),
    "429-quota": (429, "Your quota is exhausted"),
    "500": (500, "Internal error"),
    "502": (502, "Bad gateway"),
    "503": (503, "Service unavailable"),
    "504": (504, "Gateway time-out"),
    "403": (403, "This endpoint is not included in your plan"),
    "404": (404, "No data for this platform"),
}
PASSING = ("401", "429", "500", "502", "503", "504", "slow", "cut")
LASTING = ("403", "404", "429-quota")
LISTING = ("overlap", "disorder", "total")
SERVING = ("restart", "duplicate-page", "size-ignored")
DIRT = ("null-items", "unknown-ids", "bad-duration", "uppercase-email")


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    digest = hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


@dataclass
class Faults:
    """Which faults are on, and how often.

    Args:
        kinds: which are on; PASSING, LASTING and LISTING are seen to here or by `disturbs`, others by simulators.
        rate: share of requests (of listings, for LISTING) that are disturbed.
        quota: calls that are answered before every further one is refused; told with every answer.
        drip_seconds: how long a slow answer takes.
        not_in_plan, no_data: patterns of paths that 403 and 404 may hit; those hit stay so.
    """

    kinds: frozenset[str] = frozenset()
    seed: int = 7
    rate: float = 0.05
    quota: int | None = None
    drip_seconds: float = 90
    not_in_plan: str = "$^"
    no_data: str = "$^"
    asked: Counter[str] = field(default_factory=Counter)
    served: Counter[str] = field(default_factory=Counter)
    _burst: int = 0

    @property
    def left(self) -> int | None:
        """What is left of the quota; the fault 429-quota uses it up at once."""
        if "429-quota" in self.kinds:
            return 0
        return None if self.quota is None else max(self.quota - self.served.total(), 0)

    def draw(self, path: str, request: str) -> str | None:
        """The fault that this asking of a request meets, or None."""
        if "403" in self.kinds and re.search(self.not_in_plan, path):
            return "403"
        if "404" in self.kinds and re.search(self.no_data, path) and chance(self.seed, "404", path) < self.rate:
            return "404"
        if self.left == 0:
            return "429-quota"
        before = self.asked[request]
        self.asked[request] += 1
        if self._burst and before < FAULTS_IN_A_ROW:
            self._burst -= 1
            return "401"
        passing = sorted(self.kinds & set(PASSING))
        if not passing or before >= FAULTS_IN_A_ROW or chance(self.seed, request, before) >= self.rate:
            return None
        kind = passing[int(chance(self.seed, "kind", request, before) * len(passing))]
        if kind == "401":
            self._burst = BURST
        return kind

    def disturbs(self, kind: str, listing: str, first_time: bool) -> bool:
        """Whether a listing is disturbed in this way; it is at its first reading only."""
        return first_time and kind in self.kinds and chance(self.seed, kind, listing) < self.rate


class Disturbed:
    """An ASGI application with faults before it; `GET /simulator/served` counts the answers it gave whole.

    `envelope` is how its source writes an error, from status and message.
    """

    def __init__(self, app: Any, faults: Faults, envelope: Callable[[int, str], bytes] | None = None) -> None:
        self.app, self.faults, self._envelope = app, faults, envelope or _envelope

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        """Answer a request, or what is left of the answer."""
        if scope["type"] != "http":
            return
        path, faults = scope["path"], self.faults
        if path == "/simulator/served":
            await _send(send, 200, [], json.dumps(faults.served).encode())
            return
        request = f"{path}?{scope['query_string'].decode()}"
        kind = faults.draw(path, request)
        if kind in ANSWERS:
            status, message = ANSWERS[kind]
            await _send(send, status, self._told(kind, request), self._envelope(status, message))
            return
        messages: list[dict] = []

        async def collect(message: dict) -> None:
            messages.append(message)

        await self.app(scope, receive, collect)
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        if kind is None and start["status"] == 200:
            faults.served[request] += 1
        start["headers"] = [*start["headers"], *self._told(kind, request)]
        await self._deliver(send, kind, request, start, body)

    def _told(self, kind: str | None, request: str) -> list[tuple[bytes, bytes]]:
        left = self.faults.left
        headers = [] if left is None else [(b"x-quota-remaining", str(left).encode())]
        if kind == "429" and chance(request) < 0.1:  # the source's own header; else the standard's
            headers.append((b"x-ratelimit-reset", b"0"))
        elif kind in ("429", "503"):
            headers.append((b"retry-after", b"0"))
        return headers

    async def _deliver(self, send: Any, kind: str | None, request: str, start: dict, body: bytes) -> None:
        if kind == "slow":
            await send(start)
            for byte in range(0, len(body), len(body) // 20 + 1):
                await send(_part(body[byte : byte + len(body) // 20 + 1], more=True))
                await asyncio.sleep(self.faults.drip_seconds / 20)
            await send(_part(b""))
        elif kind == "cut" and chance("cut", request) < 0.5:
            await send(start)  # promises the whole length; the server closes the connection
            await send(_part(body[: len(body) // 2], more=True))
        elif kind == "cut":
            start["headers"] = [pair for pair in start["headers"] if pair[0] != b"content-length"]
            await send(start)
            await send(_part(body[: len(body) // 2]))
        else:
            await send(start)
            await send(_part(body))


def _part(body: bytes, more: bool = False) -> dict:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _envelope(status: int, message: str) -> bytes:
    return json.dumps({"errors": [{"key": "http", "code": status, "message": message}]}).encode()


async def _send(send: Any, status: int, headers: list, body: bytes) -> None:
    content = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": content + headers})
    await send(_part(body))


def _listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    # with the protocol named, asyncio switches Nagle's delays off; without it every answer takes 40 ms more
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise CrescendoError(f"port {port} of {host}: {error.strerror}; choose another --port") from None
    return listening


def free(port: int) -> int:
    """A port of this machine that nobody listens on: this one, or any for 0. Raises CrescendoError if it is taken."""
    with _listen(port) as listening:
        return listening.getsockname()[1]


def _server(app: Any, lifespan: Lifespan = "off") -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(app, log_level="critical", access_log=False, lifespan=lifespan, timeout_graceful_shutdown=1)
    )


def serve(app: Any, port: int, what: str, *, host: str = "127.0.0.1", lifespan: Lifespan = "off") -> None:
    """Serve until interrupted; port 0 takes a free one. The line printed holds the address."""
    listening = _listen(port, host)
    click.echo(f"{what} at http://{host}:{listening.getsockname()[1]} (stop with Ctrl-C)")
    _server(app, lifespan).run(sockets=[listening])


@contextlib.contextmanager
def served(app: Any, lifespan: Lifespan = "off") -> Iterator[str]:
    """The address of an application that a thread serves for the block; it ends a moment after, unwaited for."""
    listening, server = _listen(0), _server(app, lifespan)
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True


def switched_on(text: str, known: Iterable[str]) -> frozenset[str]:
    """The faults that a comma-separated text names. Raises CrescendoError if there is no such fault."""
    kinds = frozenset(filter(None, text.split(",")))
    if unknown := kinds - set(known):
        raise CrescendoError(f"--faults {min(unknown)}: no such fault; there are {', '.join(known)}")
    return kinds
