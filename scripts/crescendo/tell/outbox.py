"""What there is to tell each receiver, and what each was told, in `outbox.json` in the folder of the journals.

What is to be told is entered before it is sent, and taken out when its receiver took it, one receiver at a time: a
receiver that fails keeps its messages and nobody else is told twice. Labels of receivers stand here, never addresses.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crescendo.errors import CrescendoError
from crescendo.operations import journal
from crescendo.operations.alerts import Alert

OUTBOX = "outbox.json"
OPENED, REPEATED, RESOLVED, PASSED = "opened", "repeated", "resolved", "passed"


@dataclass(frozen=True)
class News:
    """One thing to tell of an alert: it opened, it is open still, it was resolved, or it opened and was resolved.

    Moments are UTC, ISO 8601. The facts are those of the moment at which it was entered.
    """

    what: str
    alert_id: str
    opened_at: str
    at: str
    severity: str
    rule_name: str
    occurrences: int
    sentence_en: str
    sentence_fr: str


@dataclass
class Box:
    """What a receiver was told last of each alert (alert_id -> opened_at, what, at), and what waits for it."""

    since: str
    told: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[News] = field(default_factory=list)
    failures: int = 0
    reason: str = ""

    def enter(self, alerts: list[Alert], now: datetime, window: timedelta) -> None:
        """Enter what is new of these alerts, and what was told longer ago than the window and is open still."""
        for alert in alerts:
            if what := self._what(alert, now, window):
                at = alert.resolved_at if what in (RESOLVED, PASSED) else alert.last_seen_at
                self.waiting.append(_news(what, alert, at or now))
                self.told[alert.alert_id] = [alert.opened_at.isoformat(), what, now.isoformat()]

    def _what(self, alert: Alert, now: datetime, window: timedelta) -> str:
        """What is to be told of an alert now; '' if nothing is."""
        opened, last, at = self.told.get(alert.alert_id, ["", "", ""])
        is_known = opened == alert.opened_at.isoformat()
        if alert.state == "resolved":
            if is_known:
                return "" if last in (RESOLVED, PASSED) else RESOLVED
            # what was over before this receiver was first told of anything is no news
            resolved = alert.resolved_at or alert.last_seen_at
            return PASSED if resolved.isoformat() > self.since else ""
        if not is_known:
            return OPENED
        waits = any(news.alert_id == alert.alert_id for news in self.waiting)
        return REPEATED if not waits and now - datetime.fromisoformat(at) >= window else ""

    def took(self, some: list[News], now: datetime) -> None:
        """Note that the receiver took these."""
        self.waiting = [news for news in self.waiting if news not in some]
        self.failures, self.reason = 0, ""
        for news in some:
            if (known := self.told.get(news.alert_id)) and known[0] == news.opened_at and known[1] == news.what:
                known[2] = now.isoformat()

    def forget(self, alert_ids: set[str]) -> None:
        """Forget what was told of alerts that are not known any more, unless something of them waits."""
        kept = alert_ids | {news.alert_id for news in self.waiting}
        self.told = {alert_id: told for alert_id, told in self.told.items() if alert_id in kept}


def _news(what: str, alert: Alert, at: datetime) -> News:
    return News(
        what=what,
        alert_id=alert.alert_id,
        opened_at=alert.opened_at.isoformat(),
        at=at.isoformat(),
        severity=alert.severity,
        rule_name=alert.rule_name,
        occurrences=alert.occurrences,
        sentence_en=alert.sentence_en,
        sentence_fr=alert.sentence_fr,
    )


class Outbox:
    """The boxes of a warehouse's receivers, by label. `save` writes them, whole or not at all."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.boxes = _read(file)

    def box(self, label: str, now: datetime) -> Box:
        """The box of a receiver; a new one begins now."""
        return self.boxes.setdefault(label, Box(now.isoformat()))

    def save(self) -> None:
        """Write the boxes. Raises CrescendoError if they cannot be kept."""
        new = self.file.with_suffix(".new")
        text = json.dumps({label: asdict(box) for label, box in self.boxes.items()}, ensure_ascii=False, indent=1)
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as written:
                written.write(text)
            new.replace(self.file)
        except OSError as error:
            raise CrescendoError(f"cannot keep what is to be told in {self.file}: {error.strerror}") from None


@contextmanager
def opened(warehouse: Path) -> Iterator[Outbox]:
    """The outbox of a warehouse, for one process at a time. Raises CrescendoError if it cannot be read or made."""
    file = journal.folder(warehouse) / OUTBOX
    with journal.locked(file, "what is to be told"):
        yield Outbox(file)


def _read(file: Path) -> dict[str, Box]:
    try:
        found = json.loads(file.read_text("utf-8"))
        return {
            label: Box(**box | {"waiting": [News(**news) for news in box["waiting"]]}) for label, box in found.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CrescendoError(
            f"{file} is damaged ({type(error).__name__}): move it away; what is open is then told once more"
        ) from None
