"""What answers are kept in: this process, or a Redis behind the same contract. Losing it loses nothing but time.

Redis is spoken to in its own protocol (RESP, three commands); one that does not answer within PATIENCE is left alone
for RETRY seconds, and answers are computed instead.
"""

import socket
import time
from collections import OrderedDict
from typing import Protocol
from urllib.parse import urlsplit

from crescendo.errors import CrescendoError

PATIENCE, RETRY = 0.05, 5.0
MOST = 50_000
PREFIX = "crescendo:"


class Cache(Protocol):
    """Answers by key, each for some seconds."""

    def get(self, key: str) -> bytes | None:
        """The answer, or None."""
        ...

    def put(self, key: str, answer: bytes, seconds: float) -> None:
        """Keep an answer."""
        ...


class Memory:
    """The latest MOST answers, in this process."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """See Cache."""
        ends, answer = self.kept.get(key, (0.0, b""))
        return answer if ends > time.monotonic() else None

    def put(self, key: str, answer: bytes, seconds: float) -> None:
        """See Cache."""
        self.kept[key] = (time.monotonic() + seconds, answer)
        self.kept.move_to_end(key)
        while len(self.kept) > self.most:
            self.kept.popitem(last=False)


class Redis:
    """A Redis of redis://[:password@]host[:port][/database]."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self.address = parts.hostname or "", parts.port or 6379
            self.database, self.password = int(parts.path.strip("/") or 0), parts.password
        except ValueError:
            self.address = "", 0
        if not self.address[0] or not url.startswith("redis://"):
            raise CrescendoError("CRESCENDO_REDIS_URL is not the address of a Redis: write redis://127.0.0.1:6379")
        self.stream: socket.socket | None = None
        self.rest = b""
        self.again = 0.0

    def get(self, key: str) -> bytes | None:
        """See Cache."""
        return self._ask("GET", PREFIX + key)

    def put(self, key: str, answer: bytes, seconds: float) -> None:
        """See Cache."""
        self._ask("SET", PREFIX + key, answer, "PX", str(max(int(seconds * 1000), 1)))

    def _ask(self, *words: str | bytes) -> bytes | None:
        if time.monotonic() < self.again:
            return None
        try:
            if self.stream is None:
                self._open()
            return self._say(*words)
        except (OSError, ValueError):
            self._close()
            self.again = time.monotonic() + RETRY
            return None

    def _open(self) -> None:
        self.rest = b""
        self.stream = socket.create_connection(self.address, PATIENCE)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.password:
            self._say("AUTH", self.password)
        if self.database:
            self._say("SELECT", str(self.database))

    def _close(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = None

    def _say(self, *words: str | bytes) -> bytes | None:
        parts = [word.encode() if isinstance(word, str) else word for word in words]
        told = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        assert self.stream is not None  # noqa: S101 opened by _ask
        self.stream.sendall(told)
        line = self._until(b"\r\n")
        if line[:1] == b"-":
            raise ValueError(line.decode())
        if line[:1] != b"$":
            return line[1:]
        size = int(line[1:])
        return None if size < 0 else self._exactly(size + 2)[:-2]

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.rest:
            self._more()
        line, _, self.rest = self.rest.partition(mark)
        return line

    def _exactly(self, size: int) -> bytes:
        while len(self.rest) < size:
            self._more()
        part, self.rest = self.rest[:size], self.rest[size:]
        return part

    def _more(self) -> None:
        assert self.stream is not None  # noqa: S101 opened by _ask
        if not (read := self.stream.recv(65536)):
            raise ConnectionResetError
        self.rest += read


def cache_of(url: str | None) -> Cache:
    """The cache that CRESCENDO_REDIS_URL asks for, or this process's memory."""
    return Redis(url) if url else Memory()
