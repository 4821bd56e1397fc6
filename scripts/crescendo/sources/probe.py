"""Whether an API can be extracted: it answers, takes the credentials, sends what is declared, soon, and within quota.

A few requests are asked once each. What they answer is read by the loader itself, into a warehouse that is thrown away,
so a type or key that has changed is found before an extraction and not after it.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crescendo.errors import CrescendoError
from crescendo.http.answers import ForeignBodyError, PassingError, RequestError, StoppedError, message
from crescendo.http.client import Client, Policy
from crescendo.http.credentials import Access
from crescendo.ingest.detect import undeclared
from crescendo.ingest.keys import outline
from crescendo.ingest.load import load
from crescendo.shapes import Document
from crescendo.sources import all_sources
from crescendo.terminal import counted

OK, FAILED, NOT_CHECKED = "ok", "failed", "not checked"
NAMES = ("reachable", "credentials", "shape", "latency", "quota")
QUOTA_HEADER = "x-quota-remaining"
MOST = 5  # keys that are named
ABSENT = "says nothing of a quota"


@dataclass(frozen=True)
class Asked:
    """One request: its document, path, query and what its page is about, as the request beside it will say."""

    document: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """What was found: `status` is 'ok', 'failed' or 'not checked'."""

    name: str
    status: str
    said: str


@dataclass
class Answers:
    """What came back of a source: pages by request, seconds of each, the first thing that went wrong, calls left."""

    source: str
    pages: list[tuple[Asked, bytes]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wrong: tuple[str, str] | None = None  # the check that it fails, and why
    quota: int | None = None


def probe(source: str, url: str, access: Access, *, timeout: float, slow: float) -> list[Check]:
    """Check the API of a source at an address. An answer is slow after `slow` seconds, and given up after `timeout`."""
    answers = asyncio.run(_ask(source, url, access, timeout))
    if answers.wrong is None:
        answers.wrong = _misfit(answers)
    return _checks(answers, access, slow)


async def _ask(source: str, url: str, access: Access, timeout: float) -> Answers:
    answers = Answers(source)
    policy = Policy(concurrency=1, timeout_seconds=timeout, attempts=1, forgives_401=False)
    async with Client(url, access, policy=policy) as client:
        waiting = _first(source)
        while waiting and answers.wrong is None:
            asked = waiting.pop(0)
            body = await _answer(client, asked, answers)
            if body is not None:
                answers.pages.append((asked, body))
                waiting += _next(source, asked, body)
    return answers


def _first(source: str) -> list[Asked]:
    """What is asked of a source at first: pages that cost little and hold much."""
    endpoints = all_sources()[source].endpoints
    day = {"load_date": str(datetime.now(UTC).date())}
    if source == "moovitamix":
        page = {"page": 1, "size": 20}
        return [Asked(name, endpoint.path, page, {**day, "page": "1"}) for name, endpoint in endpoints.items()]
    if source == "soundcharts":
        path = endpoints["artist-search"].path.format(id="a")
        return [Asked("artist-search", path, {"offset": 0, "limit": 5}, {"uuid": "a", "page": "1"})]
    listed = endpoints["movie-list"]
    query = dict(part.split("=", 1) for part in listed.query.split("&"))
    return [
        Asked("genre-list", endpoints["genre-list"].path, {}, day),
        Asked("movie-list", listed.path, query | {"page": 1}, {**day, "list": "discover", "page": "1"}),
    ]


def _next(source: str, asked: Asked, body: bytes) -> list[Asked]:
    """What an answer leads to: the first artist or film that it lists."""
    endpoints, said = all_sources()[source].endpoints, json.loads(body)
    if asked.document == "artist-search" and isinstance(said, dict):
        found = [item["uuid"] for item in said.get("items") or () if isinstance(item, dict) and item.get("uuid")]
        return [Asked("artist", endpoints["artist"].path.format(id=uuid), {}, {"uuid": uuid}) for uuid in found[:1]]
    if asked.document == "movie-list" and isinstance(said, dict):
        films = [row["id"] for row in said.get("results") or () if isinstance(row, dict) and row.get("id")]
        query = dict(part.split("=", 1) for part in endpoints["movie"].query.split("&"))
        day = {"load_date": asked.facts["load_date"]}
        return [Asked("movie", endpoints["movie"].path.format(id=film), query, day) for film in films[:1]]
    return []


async def _answer(client: Client, asked: Asked, answers: Answers) -> bytes | None:
    """The body of an answer; None if something is wrong, which is noted."""
    began = time.monotonic()
    try:
        status, headers, body = await client.once(asked.path, asked.query)
    except ForeignBodyError:
        answers.wrong = ("shape", f"{asked.path} does not answer JSON: is that the API? check --url")
        return None
    except StoppedError as error:
        refused = "refuses the credentials" in str(error)
        answers.wrong = ("credentials" if refused else "reachable", str(error))
        return None
    except (PassingError, RequestError) as error:
        answers.wrong = ("reachable", f"{client.origin}: {error}")
        return None
    answers.seconds.append(time.monotonic() - began)
    left = headers.get(QUOTA_HEADER, "")
    answers.quota = int(left) if left.lstrip("-").isdigit() else answers.quota
    wrong = _refusal(asked.path, status, body)
    answers.wrong = wrong or answers.wrong
    return None if wrong else body


def _refusal(path: str, status: int, body: bytes) -> tuple[str, str] | None:
    """What an answer's status says is wrong, if anything."""
    if status == 200:
        return None
    if status in (401, 403):
        return "credentials", f"refused (HTTP {status}: {message(body)}): check them"
    if status == 429:
        return "quota", f"no call is answered (HTTP 429: {message(body)}): wait until it is renewed"
    if status == 404:
        return "shape", f"there is no {path} (HTTP 404): check --url"
    return "reachable", f"it answers HTTP {status} to {path}: try later"


def _misfit(answers: Answers) -> tuple[str, str] | None:
    """What the loader rejects of the pages, if anything."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (asked, body) in enumerate(answers.pages, start=1):
            page = Path(folder) / f"{number}.json"
            page.write_bytes(body)
            page.with_suffix(".request.json").write_text(json.dumps({"document": asked.document, **asked.facts}))
            names[str(page)] = asked.document
        try:
            result = load([Path(folder)], file=Path(folder) / "probe.duckdb", dry_run=True)
        except CrescendoError as error:
            return "shape", str(error)
    for file in result.files:
        document = names.get(file.path, "an answer")
        if file.status == "refused":
            return "shape", f"{document} {file.reason}"
        for reject in file.rejects:
            return "shape", f"{document}: {reject['path']} {reject['reason']}, unlike what is declared"
    for asked, body in answers.pages:
        if lacking := _lacking(_document(answers.source, asked.document), body):
            return "shape", f"{asked.document}: {', '.join(lacking)} is declared and not sent any more"
    return None


def _document(source: str, name: str) -> Document:
    return next(document for document in all_sources()[source].documents if document.name == name)


def _lacking(document: Document, body: bytes) -> list[str]:
    """What tells a document from others and is in none of the items that were sent, if any were."""
    sent = outline(json.loads(body))
    above = {place: place.rpartition(".")[0] for place in document.signature}
    has_items = {place: not up or any(key.startswith(f"{up}.") for key in sent) for place, up in above.items()}
    return [place for place in document.signature if place not in sent and has_items[place]]


def _news(answers: Answers) -> str:
    """What was sent and is not declared, which does no harm; '' if there is nothing."""
    found = [
        f"{asked.document} {key}"
        for asked, body in answers.pages
        for key in undeclared(_document(answers.source, asked.document), outline(json.loads(body)))
    ]
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return f"; sent and not declared: {', '.join(found[:MOST])}{more}" if found else ""


def _checks(answers: Answers, access: Access, slow: float) -> list[Check]:
    """A line for each thing that was looked at; what could not be looked at is said too."""
    shown = "taken" if access.headers or access.auth else "none are needed"
    documents, news = ", ".join(asked.document for asked, _ in answers.pages), ""
    if answers.wrong is None or answers.wrong[0] != "shape":
        news = _news(answers)
    found = {"reachable": f"it answered {counted(len(answers.seconds), 'request')}", "credentials": shown}
    found |= {"shape": f"{documents}: as declared{news}"}
    if answers.seconds:
        most = max(answers.seconds)
        found["latency"] = f"median {statistics.median(answers.seconds):.2f} s, slowest {most:.2f} s"
        if answers.wrong is None and most > slow:
            answers.wrong = ("latency", f"{found['latency']}, more than {slow:g} s: an extraction would be slow")
    found["quota"] = ABSENT if answers.quota is None else f"{counted(answers.quota, 'call')} left"
    if answers.wrong is None and answers.quota is not None and answers.quota <= 0:
        answers.wrong = ("quota", "no calls left: wait until it is renewed")
    if answers.wrong is None:
        return [Check(name, OK, found[name]) for name in NAMES]
    return [_line(name, answers, found) for name in NAMES]


def _line(name: str, answers: Answers, found: dict[str, str]) -> Check:
    """A line of an API with which something is wrong: what comes before that is known, most of the rest is not."""
    wrong, said = answers.wrong or ("", "")
    if name == wrong:
        return Check(name, FAILED, said)
    answered = bool(answers.seconds)
    known = {
        "reachable": wrong != "reachable",
        "credentials": wrong in ("shape", "latency", "quota") and answered,
        "shape": wrong in ("latency", "quota") and bool(answers.pages),
        "latency": answered,
        "quota": answered and answers.quota is not None,
    }[name]
    if name == "reachable" and not answered:
        return Check(name, OK, "it answered")
    return Check(name, OK, found[name]) if known else Check(name, NOT_CHECKED, f"since {wrong} failed")
