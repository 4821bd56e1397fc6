"""One fetch of a day, written down so that the next one goes on where it stopped."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crescendo.files import write_atomically

# values are restated when identifiers are matched late, so a window begins before the end of the last one
OVERLAP_DAYS = 35
FIRST_WINDOW_DAYS = 365
# a run of an earlier day than this is not gone on with: too much would have moved meanwhile
RESUME_WITHIN_DAYS = 1

Window = tuple[date, date]


def _record(file: Path) -> dict[str, Any] | None:
    """What a run wrote down of itself, its days as dates; None if it cannot be read."""
    try:
        said = json.loads(file.read_bytes())
        windows = {
            series: (date.fromisoformat(first), date.fromisoformat(last))
            for series, (first, last) in said["windows"].items()
        }
        return {"finished": bool(said["finished"]), "until": date.fromisoformat(said["until"]), "windows": windows}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass
class Run:
    """One fetch of a day: its folder, its last day, the window of each series it has read to the end."""

    folder: Path
    file: Path
    parameters: Mapping[str, Any]
    until: date
    finished: bool = False
    covered: dict[str, Window] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)

    @classmethod
    def open(cls, to: Path, parameters: Mapping[str, Any], today: date) -> "Run":
        """The unfinished run of the same parameters, or today's; `covered` is what other runs have read."""
        digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
        until = date.fromisoformat(parameters["until"]) if parameters["until"] else today
        run = cls(to / str(today), to / str(today) / f".run-{digest}.json", parameters, until)
        others = []
        for file in sorted(to.glob("????-??-??/.run-*.json")):
            if not (record := _record(file)):
                continue  # damaged since: what it covered is asked for again
            recent = date.fromisoformat(file.parent.name) >= today - timedelta(RESUME_WITHIN_DAYS)
            if file == run.file or (file.name == run.file.name and recent and not record["finished"]):
                run = cls(file.parent, file, parameters, record["until"], record["finished"])
            else:
                others.append(record["windows"])
        for windows in others:
            for series, window in windows.items():
                run.covered[series] = _joined(run.covered.get(series), window)
        return run

    def window(self, series: str) -> Window:
        """The days to ask for: all that is wanted at first, later what is new and the overlap."""
        since = self.parameters["since"] and date.fromisoformat(self.parameters["since"])
        if series not in self.covered:
            return since or self.until - timedelta(FIRST_WINDOW_DAYS), self.until
        first, last = self.covered[series]
        if since and since < first:
            return since, self.until
        return max(since or date.min, min(last, self.until) - timedelta(OVERLAP_DAYS)), self.until

    def save(self, notes: Mapping[str, list[str]], finished: bool = False) -> None:
        """Write down how far the run came and what was odd."""
        self.folder.mkdir(parents=True, exist_ok=True)
        record = {
            "parameters": self.parameters,
            "until": str(self.until),
            "finished": finished,
            "notes": notes,
            "windows": {series: [str(day) for day in days] for series, days in sorted(self.windows.items())},
        }
        write_atomically(self.file, json.dumps(record, ensure_ascii=False, indent=1).encode())


def _joined(earlier: Window | None, later: Window) -> Window:
    """Two windows as one; where a hole lies between them only the later counts."""
    if earlier is None or earlier[1] + timedelta(1) < later[0] or later[1] + timedelta(1) < earlier[0]:
        return later
    return min(earlier[0], later[0]), max(earlier[1], later[1])
