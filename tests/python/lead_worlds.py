"""Drawn histories of leads: what the raw tables hold after each of some loads."""

import random
import uuid
from datetime import datetime, timedelta

FIRST = datetime(2025, 3, 20, 8)
TAGS = (
    ("google", "cpc", "FR | Search | Marque"),
    ("google", "cpc", "FR | Search | Hors marque"),
    ("google", "organic", None),
    ("GDN", "display", "GDN - Remarketing"),
    ("facebook", "cpc", None),
    ("(not set)", None, None),
    ("somewhere", "else", "Prospection"),
)
LABELS = ("SEA Marque", "Sea Generique ", "SEO", "?", None)
STATUSES = ("new", "validated", "validated", "validated", "rejected", "test", "duplicate")
RULES = (
    "update seeds.channel_rules set priority = 999 - priority",
    "delete from seeds.channel_rules where channel_id = 'seo'",
    "update seeds.channels set channel = 'SEO (naturel)' where channel_id = 'seo'",
)


class World:
    """What the tools have sent.

    `raw` is table -> rows. Addresses and numbers are few enough for persons to meet and part.
    """

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.raw = {table: [] for table in ("leads", "call_attempts", "touches", "deals", "media_spend")}
        self.file, self.calls, self.ids = 0, 0, 0
        self.today = FIRST
        self.next_file()
        for _ in range(3):
            for step in (World.new_leads, World.calls_made, World.versions, World.visits, World.sales, World.spend):
                step(self)

    def next_file(self):
        """What follows is of another file and load."""
        self.file += 1
        self.today += timedelta(self.draw.choice([0, 1, 1, 2, 9]))

    def put(self, table, **values):
        """A raw row."""
        place = {"_index": len(self.raw[table]) + 1, "_file_id": self.file, "_load_id": self.file}
        self.raw[table].append({"_row_id": uuid.UUID(int=self.draw.getrandbits(128)), **place, **values})

    def moment(self, back=40):
        """A moment as a tool writes it: with its offset, without, or not at all."""
        at = self.today - timedelta(days=self.draw.randrange(back), minutes=self.draw.randrange(1440))
        return self.draw.choice([f"{at:%Y-%m-%dT%H:%M:%S+01:00}"] * 8 + [f"{at:%Y-%m-%d %H:%M:%S}", None])

    def a_lead(self):
        """The id of a lead; now and then of one that is still to come, or of none."""
        known = sorted({row["lead_id"] for row in self.raw["leads"]})
        if not known or self.draw.random() < 0.1:
            return f"L{self.ids + self.draw.randrange(1, 4)}"
        return self.draw.choice(known)

    def lead(self, lead_id):
        """A version of a lead."""
        source, medium, campaign = self.draw.choice(TAGS)
        status, created = self.draw.choice(STATUSES), self.moment()
        self.put(
            "leads",
            lead_id=lead_id,
            created_at=created,
            updated_at=self.moment(),
            direction=self.draw.choice(["inbound", "outbound"]),
            form_id="form",
            utm_source=source,
            utm_medium=medium,
            utm_campaign=campaign,
            click_id=self.draw.choice(["gclid-1", None]),
            declared_channel=self.draw.choice(LABELS),
            # a number may be written as an address is, and with spaces around; most leads share none
            email_hash=self.draw.choice([None, f"e{self.draw.randrange(90)}", f"e{self.draw.randrange(90)}"]),
            phone_hash=self.draw.choice([None, f"p{self.draw.randrange(60)}", f" e{self.draw.randrange(90)}"]),
            phone_valid=self.draw.choice([True] * 6 + [False, None]),
            consent=self.draw.choice([True] * 6 + [False, None]),
            status=status,
            rejection_reason="fraud" if status == "rejected" else None,
            validated_at=self.moment() if status == "validated" else None,
        )

    # --- what a load may bring ---------------------------------------------------------------------------------

    def new_leads(self):
        for _ in range(self.draw.randint(1, 8)):
            self.ids += 1
            self.lead(f"L{self.ids}")

    def versions(self):
        """Leads that are sent again: another status, address or number; also of an earlier moment."""
        for _ in range(self.draw.randint(1, 3)):
            self.lead(self.a_lead())

    def people_meet(self):
        """Two leads come to share an address or a number."""
        if len(self.raw["leads"]) > 1:
            one, other = self.draw.sample(self.raw["leads"], 2)
            field = self.draw.choice(["email_hash", "phone_hash"])
            again = one | {field: other[field], "updated_at": self.moment(1)}
            self.put("leads", **{key: value for key, value in again.items() if not key.startswith("_")})

    def calls_made(self):
        """Calls: late, before their lead, of no lead; some correct an earlier one, and may give it another lead."""
        for _ in range(self.draw.randint(1, 6)):
            self.calls += 1
            number = self.calls if self.draw.random() < 0.5 else self.draw.randint(1, self.calls)
            self.put(
                "call_attempts",
                call_id=f"C{number}",
                lead_id=self.draw.choice([self.a_lead()] * 9 + [None, ""]),
                called_at=self.moment(),
                attempt_no=1,
                outcome=self.draw.choice(["reached", "reached", "busy", "voicemail", "what?", None]),
                duration_s=60,
                centre=self.draw.choice(["internal", "external", None]),
            )

    def visits(self):
        for _ in range(self.draw.randint(1, 4)):
            source, medium, campaign = self.draw.choice(TAGS)
            tags = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
            self.put("touches", lead_id=self.a_lead(), touched_at=self.moment(60), **tags)

    def sales(self):
        self.put("deals", lead_id=self.a_lead(), won_at=self.moment())

    def spend(self):
        """Spend of some days, whether it was told before or not."""
        for _ in range(self.draw.randint(1, 3)):
            day = self.today - timedelta(self.draw.randrange(4))
            told = {"date": f"{day:%Y-%m-%d}", "platform": "google_ads", "account_id": "fr", "currency": "EUR"}
            campaign = self.draw.choice(["FR | Search | Marque", "GDN - Remarketing"])
            told |= {"campaign_id": campaign[:3], "campaign_name": campaign}
            self.put("media_spend", **told, spend=self.draw.randrange(99))

    def withdrawn(self):
        """A file of any kind is taken back."""
        table = self.draw.choice([*self.raw])
        files = sorted({row["_file_id"] for row in self.raw[table]})
        if files:
            gone = self.draw.choice(files)
            self.raw[table] = [row for row in self.raw[table] if row["_file_id"] != gone]

    def resent(self):
        """A file comes again with some rows changed, in the place of the one before."""
        table = self.draw.choice([*self.raw])
        for number, row in enumerate(self.raw[table]):
            if self.draw.random() < 0.1:
                other = self.draw.choice(self.raw[table])
                field = self.draw.choice([key for key in row if not key.startswith("_") and key not in ("call_id",)])
                self.raw[table][number] = row | {field: other[field], "_file_id": self.file, "_load_id": self.file}

    def read_again(self):
        """A file repeats some records of others, which moves them behind all others; or is taken back with them."""
        table, place = self.draw.choice([*self.raw]), {"_file_id": self.file, "_load_id": self.file}
        if self.draw.random() < 0.3:
            place = dict.fromkeys(place, self.draw.randint(1, self.file))
        share = self.draw.choice([0.1, 0.3, 1])
        for number, row in enumerate(self.raw[table]):
            if self.draw.random() < share:
                self.raw[table][number] = row | place | {"_index": self.draw.randrange(10_000)}

    def forgotten(self):
        """All of a lead goes, its calls stay."""
        gone = self.a_lead()
        self.raw["leads"] = [row for row in self.raw["leads"] if row["lead_id"] != gone]

    def rows_lost(self):
        """Some rows of any table go, as an edit by hand does it."""
        table = self.draw.choice([*self.raw])
        self.raw[table] = [row for row in self.raw[table] if self.draw.random() > 0.05]

    def unchanged(self):
        """The same files again."""


STEPS = (
    *[World.new_leads, World.versions] * 3,
    *[World.calls_made] * 4,
    *[World.people_meet, World.withdrawn, World.resent, World.read_again] * 2,
    *[World.visits, World.sales, World.spend, World.forgotten, World.rows_lost, World.unchanged],
)
