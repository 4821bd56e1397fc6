"""A made-up advertiser: its leads, calls and spend, with the faults that such feeds have.

**The truth** (constants below): about LEADS_A_DAY leads on a working day, fewer at the week-end, more in the
PEAK_WEEKS; the channels of `advertiser.py` with their shares of validated leads; about one and a half calls a lead that
may be called; the tool exports once a week, each Monday, what came in or changed in the week before, so a lead that is
validated later is sent again.

**The faults**: the same person twice under two ids; leads sent again with a new status; validation up to LATEST days
late, a few of them dated before the lead; labels in other case and without accents; tags that are missing or tell
nothing; test leads; leads without consent that were validated all the same; calls of no known lead; no external call in
the SILENT_WEEK; spend of the last three days of each week said again, and otherwise, by the next file; affiliates paid
by the month, with a decimal comma; a credit below zero.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crescendo.errors import CrescendoError
from crescendo.files import write_atomically
from crescendo.sources.leads.advertiser import CHANNELS, Channel

END = date(2025, 5, 26)  # the last day, a Monday: its week is partial
ZONE = ZoneInfo("Europe/Paris")
LEADS_A_DAY = 300
WEEKEND = 0.70
PEAK_WEEKS = {date(2025, 4, 14): 1.5, date(2025, 5, 5): 1.7}
SILENT_WEEK = date(2025, 3, 17)
LATEST = 30
RESTATED_DAYS = 3
CREDIT_DAY = date(2025, 4, 16)


WEIGHTS = [channel.share / channel.valid for channel in CHANNELS]
REASONS = ("bad_phone", "out_of_target", "duplicate", "no_consent", "incomplete", "fraud")
REASON_WEIGHTS = (24, 38, 9, 4, 20, 5)
MISSED = ("no_answer", "voicemail", "busy", "switched_off", "callback", "wrong_number", "refused")
MISSED_WEIGHTS = (44, 24, 8, 7, 9, 4, 4)
PRODUCTS = ("assurance auto", "mutuelle", "crédit", "énergie")
NOTHING = (None, "(not set)", "partner-x7", "")


@dataclass
class Lead:
    """A lead: what is always the same of it, what became of it and when."""

    fixed: dict
    created: datetime
    channel: Channel
    status: str = "new"
    reason: str | None = None
    decided: datetime | None = None
    consent: bool = True

    def on(self, moment: datetime) -> dict:
        """The lead as the tool has it at a moment: not decided before it was."""
        known = self.decided if self.decided and self.decided <= moment else None
        status = self.status if known or self.status == "test" else "new"
        validated = self.fixed.get("odd") or known if status == "validated" else None
        sent = {key: value for key, value in self.fixed.items() if key != "odd"}
        return {
            "lead_id": sent.pop("lead_id"),
            "created_at": self.created.isoformat(),
            "updated_at": max(known, self.created).isoformat() if known else self.created.isoformat(),
            **sent,
            "consent": self.consent,
            "status": status,
            "rejection_reason": self.reason if status == "rejected" else None,
            "validated_at": validated.isoformat() if validated else None,
        }


@dataclass
class Feeds:
    """What the advertiser's systems export: file name -> its lines."""

    seed: int
    days: int
    leads: list[Lead] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(f"leads {self.seed}")  # noqa: S311 the same every time is what is wanted
        self.first = END - timedelta(self.days - 1)

    def files(self) -> Iterator[tuple[str, list[str]]]:
        """Every file, in the order in which they were exported."""
        for number in range(self.days):
            self._day(self.first + timedelta(number))
        yield from self._lead_files()
        yield from self._by_week("calls", self._calls())
        yield from self._spend_files()
        yield from self._affiliate_files()
        yield "deals.jsonl", [_line(deal) for deal in self._deals()]
        yield "touches.jsonl", [_line(touch) for touch in self._touches()]

    # --- leads ---------------------------------------------------------------------------------------------------

    def _day(self, day: date) -> None:
        usual = LEADS_A_DAY * (WEEKEND if day.weekday() >= 5 else 1.0) * PEAK_WEEKS.get(_monday(day), 1.0)
        for _ in range(round(self.random.gauss(usual, usual**0.5))):
            lead = self._lead(day)
            self.leads.append(lead)
            if lead.status == "validated" and self.random.random() < 0.012:
                self.leads.append(self._twin(lead))

    def _lead(self, day: date) -> Lead:
        draw = self.random.random
        [channel] = self.random.choices(CHANNELS, WEIGHTS)
        created = _local(day, 8 * 3600 + int(14 * 3600 * draw()))
        fixed = {
            "lead_id": f"L{self.random.getrandbits(48):012x}",
            "direction": "inbound" if draw() < 0.3 else "outbound",
            "form_id": f"form-{1 + int(4 * draw())}",
            "landing_page": f"https://www.example.com/devis?ref={int(1e6 * draw())}",
            **self._tags(channel),
            "declared_channel": self._label(channel),
            "email_hash": f"{self.random.getrandbits(256):064x}" if draw() < 0.93 else None,
            "phone_hash": f"{self.random.getrandbits(256):064x}",
            "phone_valid": True,
            "postcode": f"{1000 + int(95000 * draw()):05d}",
            "product": self.random.choice(PRODUCTS),
        }
        lead = Lead(fixed, created, channel, consent=draw() >= 0.03)
        self._decide(lead)
        return lead

    def _tags(self, channel: Channel) -> dict:
        """The tags of a click; some are written anyhow, and some are lost."""
        draw = self.random.random()
        campaign = self.random.choice(channel.campaigns) or None
        source, medium = channel.source, channel.medium
        content = f"ad-{1 + int(20 * self.random.random())}" if campaign else None
        term = f"devis+{1 + int(50 * self.random.random())}" if medium == "cpc" else None
        affiliate = f"pub-{1 + int(30 * self.random.random())}" if channel.publisher else None
        click = f"gclid-{self.random.getrandbits(64):016x}" if source == "google" and medium == "cpc" else None
        if draw < 0.02:
            source, medium, campaign = self.random.choice(NOTHING), None, None
            content = term = affiliate = click = None
        elif draw < 0.08:
            source, medium = str(source).title(), f"{str(medium).upper()} "
        if click and draw > 0.97:
            term = f"{term}?gclid={click}"
        names = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id", "affiliate_id")
        return dict(zip(names, (source, medium, campaign, content, term, click, affiliate), strict=True))

    def _label(self, channel: Channel) -> str | None:
        draw = self.random.random()
        if draw < 0.05:
            return None
        said = self.random.choice(CHANNELS) if draw < 0.06 else channel
        return self.random.choice(said.labels) if draw < 0.3 else said.label

    def _decide(self, lead: Lead) -> None:
        draw = self.random.random
        if draw() < 0.005:
            lead.status = "test"
            return
        wait = draw() ** 6 * LATEST if draw() < 0.25 else draw()
        lead.decided = lead.created + timedelta(days=wait, minutes=5)
        if draw() < lead.channel.valid and (lead.consent or draw() < 0.1):
            lead.status = "validated"
            if draw() < 0.0005:
                lead.fixed["odd"] = lead.created - timedelta(hours=2)
            return
        if draw() < 0.04:
            lead.status = "duplicate"
            return
        lead.status = "rejected"
        [lead.reason] = self.random.choices(REASONS, REASON_WEIGHTS) if lead.consent else ["no_consent"]
        lead.fixed["phone_valid"] = lead.reason != "bad_phone"

    def _twin(self, lead: Lead) -> Lead:
        """The same person, some days later, under another id; the tool does not notice."""
        twin = Lead(dict(lead.fixed), lead.created + timedelta(minutes=7), lead.channel, "validated")
        twin.fixed["lead_id"] = f"L{self.random.getrandbits(48):012x}"
        twin.fixed.pop("odd", None)
        twin.decided = twin.created + timedelta(hours=3)
        twin.consent = lead.consent
        return twin

    def _lead_files(self) -> Iterator[tuple[str, list[str]]]:
        """Each week's export: what came in or changed, as it is on the Monday after."""
        weeks = defaultdict(list)
        for lead in self.leads:
            came, changed = _monday(lead.created.date()), _monday((lead.decided or lead.created).date())
            for week in {came, changed}:
                if week <= _monday(END):
                    weeks[week].append(lead)
        for week in sorted(weeks):
            moment = _local(min(week + timedelta(7), END + timedelta(1)), 0)
            yield f"leads-{_week(week)}.jsonl", [_line(lead.on(moment)) for lead in weeks[week]]

    # --- calls ---------------------------------------------------------------------------------------------------

    def _calls(self) -> Iterator[tuple[date, dict]]:
        last = _local(END + timedelta(1), 0)
        for lead in self.leads:
            if not lead.consent or lead.status == "test":
                continue
            inbound = lead.fixed["direction"] == "inbound"
            called = lead.created if inbound else lead.created + timedelta(minutes=1 + 240 * self.random.random() ** 3)
            for number in range(1, 2 if inbound else 5):
                call = self._call(lead, number, called.replace(microsecond=0))
                if called < last and not (call["centre"] == "external" and _monday(called.date()) == SILENT_WEEK):
                    yield called.date(), call
                if call["outcome"] == "reached" or self.random.random() < 0.25:
                    break
                called += timedelta(hours=2 + 30 * self.random.random())

    def _call(self, lead: Lead, number: int, called: datetime) -> dict:
        draw = self.random.random
        inbound = lead.fixed["direction"] == "inbound"
        reached = draw() < (0.85 if inbound else 0.38)
        centre = "internal" if inbound or draw() < 0.6 else "external"
        lost = draw()
        return {
            "call_id": f"C{self.random.getrandbits(48):012x}",
            "lead_id": None if lost < 0.003 else "L-unknown" if lost < 0.006 else lead.fixed["lead_id"],
            "called_at": called.isoformat(),
            "attempt_no": number,
            "outcome": "reached" if reached else self.random.choices(MISSED, MISSED_WEIGHTS)[0],
            "duration_s": int(40 + 500 * draw()) if reached else 0,
            "centre": centre if lost < 0.99 else None,
        }

    def _by_week(self, name: str, records: Iterator[tuple[date, dict]]) -> Iterator[tuple[str, list[str]]]:
        weeks = defaultdict(list)
        for day, record in records:
            weeks[_monday(day)].append(_line(record))
        for week in sorted(weeks):
            yield f"{name}-{_week(week)}.jsonl", weeks[week]

    # --- spend ---------------------------------------------------------------------------------------------------

    def _spend_files(self) -> Iterator[tuple[str, list[str]]]:
        """Each week's spend, and the last days of the week before once more, as the platforms see them by now."""
        week = _monday(self.first)
        while week <= END:
            days = [week + timedelta(number) for number in range(-RESTATED_DAYS, 7)]
            lines = [
                _line(row)
                for day in days
                if self.first <= day <= END
                for channel in CHANNELS
                if channel.platform and channel.campaign_id
                for row in self._spent(channel, day, settled=day < week or day.weekday() < 7 - RESTATED_DAYS)
            ]
            yield f"spend-{_week(week)}.jsonl", lines
            week += timedelta(7)

    def _spent(self, channel: Channel, day: date, *, settled: bool) -> list[dict]:
        """A campaign's day: the same whenever it is asked for, but for what a platform corrects within days."""
        draw = random.Random(f"spend {self.seed} {channel.label} {day}")  # noqa: S311 as above
        usual = LEADS_A_DAY * (WEEKEND if day.weekday() >= 5 else 1.0) * PEAK_WEEKS.get(_monday(day), 1.0)
        spend = usual * channel.share * channel.cost * draw.uniform(0.9, 1.1)
        clicks = int(spend / draw.uniform(0.6, 1.4))
        row = {
            "date": str(day),
            "platform": channel.platform,
            "account_id": "fr-01",
            "campaign_id": channel.campaign_id,
            "campaign_name": channel.campaigns[0],
            "impressions": clicks * draw.randint(20, 60),
            "clicks": clicks,
            "spend": round(spend if settled else spend * draw.uniform(0.93, 0.99), 2),
            "currency": "EUR",
            "platform_conversions": int(usual * channel.share * draw.uniform(0.8, 1.3)),
        }
        if day != CREDIT_DAY or channel.label != "SEA Marque":
            return [row]
        return [row, row | {"impressions": 0, "clicks": 0, "spend": -150.0, "platform_conversions": 0}]

    def _affiliate_files(self) -> Iterator[tuple[str, list[str]]]:
        """What affiliates cost, by the month and by hand: semicolons and decimal commas."""
        [channel] = [channel for channel in CHANNELS if channel.publisher]
        counts = "impressions;clicks;spend;currency;platform_conversions"
        header = f"date;platform;account_id;campaign_id;campaign_name;{counts}"
        month = self.first.replace(day=1)
        while month <= END:
            amount = LEADS_A_DAY * 30 * channel.share * channel.cost * self.random.uniform(0.9, 1.1)
            shown = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
            yield (
                f"affiliation-{month:%Y-%m}.csv",
                [header, f"{month:%Y-%m};affiliation;kwanko;;Affiliation {month:%m/%Y};;;{shown};EUR;"],
            )
            month = (month + timedelta(31)).replace(day=1)

    # --- what else is known --------------------------------------------------------------------------------------

    def _deals(self) -> Iterator[dict]:
        for lead in self.leads:
            if lead.status == "validated" and self.random.random() < 0.04:
                won = lead.created + timedelta(days=3 + 30 * self.random.random())
                if won.date() <= END:
                    yield {"lead_id": lead.fixed["lead_id"], "won_at": won.replace(microsecond=0).isoformat()}

    def _touches(self) -> Iterator[dict]:
        """The visits before some leads: the first by the channel, and often a direct one just before."""
        for lead in self.leads:
            if self.random.random() >= 0.08:
                continue
            tags = {key: lead.fixed[key] for key in ("utm_source", "utm_medium", "utm_campaign")}
            direct = {"utm_source": "(direct)", "utm_medium": "(none)"}
            ways = [tags, *[direct] * self.random.randint(0, 2)]
            for number, way in enumerate(ways):
                touched = lead.created - timedelta(days=2 * (len(ways) - 1 - number), minutes=9)
                yield {"lead_id": lead.fixed["lead_id"], "touched_at": touched.isoformat(), "utm_campaign": None} | way


def land_leads(to: Path, days: int = 111, seed: int = 7) -> int:
    """Write the exports of some days up to END into a folder; returns the number of files.

    The same numbers give the same files, byte for byte. Raises CrescendoError if one is there with other content, or
    if the folder cannot be written.
    """
    count = 0
    try:
        to.mkdir(parents=True, exist_ok=True)
        for name, lines in Feeds(seed, days).files():
            path, text = to / name, "\n".join(lines) + "\n"
            if path.exists() and path.read_text(encoding="utf-8") != text:
                raise CrescendoError(f"{path} has other content: remove it or choose another folder with --to")
            write_atomically(path, text.encode())
            count += 1
    except OSError as error:
        raise CrescendoError(f"cannot write {to}: {error.strerror}; choose another folder with --to") from error
    return count


def _line(record: dict) -> str:
    return json.dumps(record, ensure_ascii=False)


def _local(day: date, seconds: int) -> datetime:
    """A moment of a local day, by what a clock on the wall shows."""
    return datetime.combine(day, time.min, ZONE) + timedelta(seconds=seconds)


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _week(day: date) -> str:
    return day.strftime("%G-W%V")
