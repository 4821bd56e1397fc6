"""`crescendo watch --notify`: each alert is told when it opens, again after a window, and when it is resolved.

Apprise carries the messages; its own words may hold addresses, so nothing that it says or raises is passed on but a
status and what sort of failure it was.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.operations import alerts
from crescendo.tell import messages, outbox
from crescendo.tell.addresses import VARIABLE, Receiver, addressed
from crescendo.tell.outbox import News, Outbox

WINDOW = timedelta(hours=24)  # between two messages of an alert that stays open
MOST = 20  # alerts in one message
SECONDS = 60  # for one message
SILENT = logging.NullHandler()
# what may be said of a failure: a status, and these; never a word of the library
STATUS = re.compile(r"error=(\d{3})\b")
SORTS = {"refused": "connection refused", "timed out": "no answer in time", "Authentication": "credentials refused"}

# hands a message over: receiver, title, body, severity -> why it was not taken, '' if it was
Carry = Callable[[Receiver, str, str, str], str]


@dataclass
class Told:
    """What was told: messages taken by receiver, receivers that failed (and why), names that have no address."""

    taken: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """What did not come through, in sentences."""
        said = [
            f"{label} could not be told ({reason}): what there is to tell (alerts: {self.waiting[label]}) is kept, and"
            " tried again at the next `crescendo watch --notify`"
            for label, reason in self.failed.items()
        ]
        said += [
            f"{name!r} has no address, so its alerts ({count}) are not sent: add {name}=ADDRESS to {VARIABLE} or the"
            " file of addresses"
            for name, count in self.unknown.items()
        ]
        gone = {label: count for label, count in self.waiting.items() if label not in self.failed and count}
        return said + [
            f"what waits for {label} (alerts: {count}) has no address any more: give it one"
            for label, count in gone.items()
        ]


def notify(
    warehouse: Path,
    known: list[Receiver],
    *,
    now: datetime | None = None,
    window: timedelta = WINDOW,
    carry: Carry | None = None,
) -> Told:
    """Tell the receivers what is new of a warehouse's alerts, and what waits for them since before.

    Raises CrescendoError if alerts or the outbox cannot be read or kept.
    """
    now, carry = (now or datetime.now(UTC)).replace(tzinfo=None), carry or by_apprise(known)
    found, told = alerts.current(warehouse), Told()
    with outbox.opened(warehouse) as box:
        for receiver in known:
            mine = [alert for alert in found if receiver in addressed(alert.told_to, known)]
            box.box(receiver.label, now).enter(mine, now, window)
        box.save()
        for receiver in known:
            _send(receiver, box, now, carry, told)
        for alert in found:
            if alert.state != "resolved" and not addressed(alert.told_to, known):
                told.unknown[alert.told_to] = told.unknown.get(alert.told_to, 0) + 1
        told.waiting = {label: len(each.waiting) for label, each in box.boxes.items()}
        for each in box.boxes.values():
            each.forget({alert.alert_id for alert in found})
        box.save()
        waits = {news.alert_id for each in box.boxes.values() for news in each.waiting}
        fresh = {
            alert_id for each in box.boxes.values() for alert_id, (_, _, at) in each.told.items()
            if at == now.isoformat()
        }  # fmt: skip
    if fresh - waits:
        alerts.mark_notified(warehouse, sorted(fresh - waits), now)
    return told


def _send(receiver: Receiver, box: Outbox, now: datetime, carry: Carry, told: Told) -> None:
    """Hand over what waits for a receiver, some alerts a message, and save after each; the first failure ends it."""
    mine = box.boxes[receiver.label]
    while mine.waiting:
        some = mine.waiting[:MOST]
        if reason := carry(receiver, messages.title(some), messages.body(some), _gravest(some)):
            mine.failures, mine.reason = mine.failures + 1, reason
            told.failed[receiver.label] = reason
            box.save()
            return
        mine.took(some, now)
        told.taken[receiver.label] = told.taken.get(receiver.label, 0) + 1
        box.save()


def _gravest(news: list[News]) -> str:
    """The severity of a message: that of its gravest open alert; 'resolved' if none is open."""
    ranks = [item.severity for item in news if item.what in (outbox.OPENED, outbox.REPEATED)]
    return min(ranks, key=messages.RANKS.index, default="resolved")


def by_apprise(known: list[Receiver]) -> Carry:
    """Carry by Apprise. Raises CrescendoError, with the label alone, if it cannot read an address."""
    import apprise  # a quarter of a second that nobody else pays

    kinds = {
        "critical": apprise.NotifyType.FAILURE,
        "warning": apprise.NotifyType.WARNING,
        "info": apprise.NotifyType.INFO,
        "resolved": apprise.NotifyType.SUCCESS,
    }
    asset = apprise.AppriseAsset(
        app_id="Crescendo", app_desc="Crescendo", app_url="", image_url_mask=False, storage_mode="memory",
        service_timeout=SECONDS, http_redirects=False, pgp_autogen=False, pem_autogen=False, timezone="UTC",
    )  # fmt: skip
    services = {receiver.label: _service(apprise, receiver, asset) for receiver in known}

    def carry(receiver: Receiver, title: str, body: str, severity: str) -> str:
        heard: list[str] = []
        try:
            with _quiet():
                done = services[receiver.label].notify(
                    body, title, kinds[severity], apprise.NotifyFormat.TEXT,
                    log_callback=lambda entry, _: heard.append(str(entry.message)), log_level=logging.DEBUG,
                )  # fmt: skip
        except Exception as error:  # noqa: BLE001 whatever it raises may hold the address: its class is enough
            return type(error).__name__
        return "" if done else _sort(heard)

    return carry


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the libraries log, which holds addresses, from every log but their own."""
    logs = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    before = [(log.propagate, log.level) for log in logs]
    logs[0].setLevel(logging.DEBUG)  # else `carry` does not hear why a message was not taken
    for log in logs:
        log.propagate = False
        log.addHandler(SILENT)
    try:
        yield
    finally:
        for log, (propagates, level) in zip(logs, before, strict=True):
            log.propagate = propagates
            log.setLevel(level)
            log.removeHandler(SILENT)


def _service(apprise: Any, receiver: Receiver, asset: Any) -> Any:
    one = apprise.Apprise(asset=asset)
    try:
        with _quiet():
            known = apprise.Apprise.instantiate(receiver.address, asset=asset)
    except Exception:  # noqa: BLE001 its text may hold the address
        known = None
    if not known or not one.add(known):
        raise CrescendoError(f"the address of {receiver.label} is none that Apprise can read (it is not shown here)")
    return one


def _sort(heard: list[str]) -> str:
    """What sort of failure it was, in our own words."""
    said = "\n".join(heard)
    if status := STATUS.search(said):
        return f"HTTP {status[1]}"
    return next((ours for theirs, ours in SORTS.items() if theirs.lower() in said.lower()), "not delivered")
