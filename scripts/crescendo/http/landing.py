"""A folder of answers, each with its request beside it; see `crescendo.http` for the names of the files."""

import contextlib
import fcntl
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.http.answers import ABSENCES, RequestError
from crescendo.privacy import private_files


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


class Landing:
    """A folder of answers: `<name>.json` as it came, `<name>.request.json` beside it.

    The request is written first, so no body is without one; an absence is a request without a body.
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
