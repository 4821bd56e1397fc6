"""What a page was asked for, as the request beside it or its own name says; `crescendo fetch` writes both."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from crescendo.declared import FACTS, near
from crescendo.ingest.keys import Keys
from crescendo.shapes import Document, Need

LARGEST_REQUEST = 1 << 20  # bytes of the request beside a page
# what a request that was fetched says besides
OF_THE_ANSWER = ("method", "path", "query", "status", "fetched_at", "sha256", "bytes", "headers", "answer")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# a day in a name, 2025-01-31 or, as exports of the United States have it, 01_31_2025
DAY = re.compile(r"(?<!\d)(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)_(\d\d)_(\d{4}))(?!\d)")
EARLIEST = date(2000, 1, 1)  # as the variable earliest_date of the models
PAGE_ENDINGS = re.compile(r"( ?\(\d+\)| copy)?(\.(json|ndjson|jsonl))?(\.gz)?$", re.IGNORECASE)


def stem(path: Path) -> str:
    """A page's name without its endings, and without what a browser adds to a second copy."""
    return PAGE_ENDINGS.sub("", path.name)


def facts_of_name(path: Path, document: Document) -> dict[str, str | None]:
    """What a page was asked for, as its name says: its folder and day alone if it is not called like its document."""
    called, *parts = stem(path).split("__")
    facts: dict[str, str | None] = {"folder": path.parent.name}
    if _is_unlikely(path.parent.name, document):
        facts = {"folder": "", "unlikely": path.parent.name}
    if said := DAY.search(stem(path)):
        facts["day"] = "-".join(part for part in (said[1] or said[6], said[2] or said[4], said[3] or said[5]) if part)
    if called != document.name:
        return facts
    facts["document"] = called
    plain = []
    for part in parts:
        if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})", part):
            facts["from"], facts["to"] = found.groups()
        elif found := re.fullmatch(r"p(\d+)(?:r(\d+))?", part):
            facts["page"], facts["reading"] = str(int(found[1])), found[2] or "1"
        else:
            plain.append(part)
    if "platform" in {need.fact for need in document.needs} and len(plain) == 1 and not UUID.fullmatch(plain[0]):
        return facts | {"platform": plain[0]}
    return facts | dict(zip(("uuid", "platform"), plain, strict=False))


def _is_unlikely(folder: str, document: Document) -> bool:
    """Whether a folder says a day on which no page can have been asked for: a page of 2042 would count for ever.

    Not of documents whose numbers are of that day: there it is a finding.
    """
    if {"load_date", "day"} & set(document.facts) or not re.fullmatch(r"\d{4}-\d\d-\d\d", folder):
        return False
    latest = datetime.now(UTC).date() + timedelta(1)
    return not EARLIEST.isoformat() <= folder <= latest.isoformat()


@dataclass(frozen=True)
class Request:
    """What a page was asked for, as the request beside it says, and what is wrong with that request, if anything is."""

    facts: dict[str, str | None]
    mistake: str = ""

    def refused(self, reason: str) -> str:
        """Why a page is refused, and what of its request was not read."""
        return f"{reason}. {self.mistake}" if self.mistake else reason

    def noted(self, pages: Iterable[str], keys: Keys, document: Document, named: dict[str, str | None]) -> str:
        """What to know of a page that is loaded: what its request says in vain, and what is said in two ways."""
        called, known = self.facts.get("document"), list(pages)
        # a plain list is no page, and may still say what it is
        strange = called and called not in (*known, document.name)
        unknown = f"its request says document {called!r}, which is not known: {near(called, known)}" if strange else ""
        found = (self._contradiction(need, keys, named) for need in document.needs)
        odd = named.get("unlikely") and (
            f"its folder {named['unlikely']} is no day on which it was asked for: it counts as of an unknown day"
        )
        return "; ".join(filter(None, [self.mistake, unknown, *found, odd]))

    def _contradiction(self, need: Need, keys: Keys, named: dict[str, str | None]) -> str:
        """What request, name and body say of a fact in different ways: the first of them counts."""
        said = [("request", self.facts.get(need.fact)), ("name", named.get(need.fact))]
        first = next((value for _, value in said if value), None)
        # most bodies say the same: then nothing need be parsed
        if first and need.at and f'"{first}"' not in keys.start:
            said.append(("body", next((v for key, v in keys.head.items() if key.replace("[]", "") == need.at), None)))
        held = [(where, value) for where, value in said if value]
        other = next((one for one in held[1:] if one[1].casefold() != held[0][1].casefold()), None)
        if not other:
            return ""
        [where, value], word = held[0], {"uuid": "subject"}.get(need.fact, need.fact)
        return (
            f"its {where} says {word} {value!r} and its {other[0]} {other[1]!r}: the {where} counts;"
            f" if that is wrong, mend the {where} and load again"
        )


def request_of(path: Path) -> Request:
    """The request beside a page; it says nothing if there is none, or none that can be read."""
    beside = path.with_name(f"{stem(path)}.request.json")
    try:
        with beside.open("rb") as stream:
            sent = stream.read(LARGEST_REQUEST + 1)
    except OSError:
        return Request({})
    if len(sent) > LARGEST_REQUEST:
        return Request({}, f"{beside.name} has more than {LARGEST_REQUEST >> 20} MiB and was not read")
    try:
        said = json.loads(sent)
        json.dumps(said, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "not UTF-8"
        return Request({}, f'{beside.name} is not JSON and was not read ({reason}): write {{"platform": "spotify"}}')
    if not isinstance(said, dict):
        return Request({}, f'{beside.name} is not a JSON object and was not read: write {{"platform": "spotify"}}')
    facts = {key: str(value) for key, value in said.items() if isinstance(value, str | int) and str(value).strip()}
    return Request(cast(dict[str, str | None], facts), _mistake_in(beside.name, said))


def _mistake_in(name: str, said: dict) -> str:
    """What a request says that is not read: keys that are not known, and facts that are not text."""
    strange = [key for key in said if key not in (*FACTS, *OF_THE_ANSWER)]
    if strange:
        known = f" has the unknown key {strange[0]!r}, which was not read: {near(strange[0], FACTS)}"
        return name + known + (f" (and {len(strange) - 1} more)" if len(strange) > 1 else "")
    odd = [key for key in FACTS if isinstance(said.get(key), dict | list)]
    return f'{name} says a {odd[0]} that is not text, which was not read: write "{odd[0]}": "..."' if odd else ""
