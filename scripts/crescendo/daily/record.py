"""Which steps of a day are done, in a file beside the warehouse: `.NAME.runs/days/YYYY-MM-DD.json`, mode 600.

The file is replaced whole before and after each step. So after a kill it says which step was under way, and the next
call begins with that step. A file that cannot be read counts as none: every step may be done again.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.operations import journal
from crescendo.privacy import private_files

RUNNING, DONE, SKIPPED, FAILED = "running", "done", "skipped", "failed"


def folder(warehouse: Path) -> Path:
    """Where the records of a warehouse's days are."""
    return journal.folder(warehouse) / "days"


@dataclass
class Record:
    """The steps of one day: name -> state, when it first began, when it ended (UTC) and how many seconds it took."""

    file: Path
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, warehouse: Path, day: date) -> "Record":
        """What is known of a day; nothing, if there is no file or it is damaged."""
        record = cls(folder(warehouse) / f"{day}.json")
        try:
            steps = json.loads(record.file.read_bytes())["steps"]
            record.steps = {name: dict(told) for name, told in steps.items() if told["state"] and told["began_at"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            record.steps = {}
        return record

    def is_over(self, step: str) -> bool:
        """Whether a step needs no more work on this day."""
        return self.steps.get(step, {}).get("state") in (DONE, SKIPPED)

    def began_at(self, step: str) -> datetime:
        """When a step was first begun and has not ended since: a kill does not change it. UTC, without a zone."""
        return datetime.fromisoformat(self.steps[step]["began_at"])

    def forget(self, steps: list[str]) -> None:
        """Take these steps for not done."""
        self.steps = {name: told for name, told in self.steps.items() if name not in steps}
        self._write()

    def begin(self, step: str) -> None:
        """Note that a step is under way."""
        before = self.steps.get(step, {})
        began = before["began_at"] if before.get("state") in (RUNNING, FAILED) else _now()
        self.steps[step] = {"state": RUNNING, "began_at": began}
        self._write()

    def end(self, step: str, state: str, seconds: float) -> None:
        """Note what became of a step."""
        self.steps[step] |= {"state": state, "ended_at": _now(), "seconds": round(seconds, 3)}
        self._write()

    def _write(self) -> None:
        text = json.dumps({"steps": self.steps}, indent=1)
        try:
            with private_files():
                self.file.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self.file, text.encode())
        except OSError as error:
            raise CrescendoError(f"cannot note in {self.file} what was done: {error.strerror}") from None


@contextmanager
def only_one(warehouse: Path) -> Iterator[None]:
    """One day at a time for a warehouse; the lock dies with its process.

    Raises CrescendoError if another is at work.
    """
    at = folder(warehouse)
    try:
        with private_files():
            at.mkdir(parents=True, exist_ok=True)
            lock = os.open(at / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise CrescendoError(f"cannot note in {at} what was done: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CrescendoError(f"another `crescendo daily` is at work on {warehouse}: wait for its end") from None
    finally:
        os.close(lock)


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat()
