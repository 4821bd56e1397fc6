"""Listens that were posted: written to a file before they are answered, read again when the server starts.

A file a day in <landing>/served, a listen a line, as the source `served` declares; the next load takes it. A listen is
forgotten here once the warehouse has its user and track together.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from crescendo.privacy import private_files


@dataclass(frozen=True)
class Listen:
    """One listen; `listened_at` is ISO 8601, UTC."""

    event_id: str
    user_key: str
    track_key: str
    listened_at: str


class Journal:
    """The files of a landing folder."""

    def __init__(self, landing: Path) -> None:
        self.folder = landing / "served"

    def write(self, listens: Iterable[Listen]) -> None:
        """Add listens; they are on the disk when this returns. Raises OSError."""
        lines = "".join(json.dumps(asdict(listen), ensure_ascii=False) + "\n" for listen in listens)
        file = self.folder / f"served-listens__{datetime.now(UTC):%Y-%m-%d}.jsonl"
        with private_files():
            self.folder.mkdir(parents=True, exist_ok=True)
            # one write of whole lines at the end: a reader sees lines, and two servers do not mix theirs
            opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, lines.encode())
            os.fsync(opened)
        finally:
            os.close(opened)

    def read(self) -> Iterator[Listen]:
        """All listens; a line that a kill cut off is left out."""
        for file in sorted(self.folder.glob("served-listens__*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                try:
                    yield Listen(**json.loads(line))
                except (ValueError, TypeError):
                    continue
