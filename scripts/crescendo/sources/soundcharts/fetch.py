"""All that Soundcharts knows about an artist: catalogue, audience, that of its songs, on every platform.

A run belongs to the day on which it began. `crescendo.http` says what it lands, and under which names.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from crescendo.errors import CrescendoError
from crescendo.http.answers import RequestError, StoppedError
from crescendo.http.client import Client, Tally
from crescendo.http.credentials import Access, ClientCredentials
from crescendo.shapes import Endpoint
from crescendo.sources.soundcharts.run import Run
from crescendo.sources.soundcharts.shapes import OAUTH_PATH, SOURCE

URL = "https://customer.api.soundcharts.com"
OAUTH_URL = "https://account.soundcharts.com" + OAUTH_PATH
KEYS = ("SOUNDCHARTS_APP_ID", "SOUNDCHARTS_API_KEY")
OAUTH = ("SOUNDCHARTS_CLIENT_ID", "SOUNDCHARTS_CLIENT_SECRET", "SOUNDCHARTS_TEAM_ID")
TRIAL = "--sandbox takes those that the source publishes for trials"  # instead of credentials of one's own
SANDBOX = dict.fromkeys(KEYS, "soundcharts")  # published by the source for everyone

MAX_READINGS = 3
MAX_PAGES = 10_000


ENDPOINTS = SOURCE.endpoints
ARTIST_SERIES, SONG_SERIES = (
    {name: endpoint.platforms for name, endpoint in ENDPOINTS.items() if endpoint.platforms and name.startswith(kind)}
    for kind in ("artist-", "song-")
)
# radio has no accounts, hence no identifier
WITHOUT_IDENTIFIER = {"airplay"}
# one platform, two codes: the source changed it in September 2025
RENAMED = {"twitter", "x"}
PLATFORMS = frozenset(code for endpoint in ENDPOINTS.values() for code in endpoint.platforms.split()) | {"soundcharts"}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def access(secrets: Mapping[str, str], url: str | None, *, is_public: bool = False) -> Access:
    """How a client shows credentials, either KEYS or OAUTH."""
    if OAUTH[0] not in secrets:
        headers = {"x-app-id": secrets[KEYS[0]], "x-api-key": secrets[KEYS[1]]}
        return Access(headers, is_public=is_public)
    identity, secret, team = (secrets[name] for name in OAUTH)
    # a simulator is both servers in one
    token_url = url.rstrip("/") + OAUTH_PATH if url else OAUTH_URL
    return Access(auth=ClientCredentials(token_url, identity, secret, {"team_id": team}))


class Reader:
    """Reads documents through a client, listings to their end."""

    def __init__(self, client: Client, run: Run) -> None:
        self.client, self.run = client, run

    async def document(self, name: str, identifier: str) -> dict | None:
        """A document that is one object, or None if it is absent."""
        facts = {"document": name, "uuid": identifier}
        path = ENDPOINTS[name].path.format(id=identifier)
        return await self.client.answer(f"{name}__{identifier}", path, facts=facts)

    async def listing(self, name: str, identifier: str, platform: str | None = None) -> list[dict] | None:
        """All items of a listing, each once; None if it is absent.

        A listing may move while it is read. It is read again until the number of different items is the total
        that every one of its pages told, or a further reading finds nothing new.
        """
        series, query, facts = self._asking(name, identifier, platform)
        note, found = self.client.tally.note, dict[str, dict]()
        for reading in range(1, MAX_READINGS + 1):
            before = len(found)
            pages = await self._reading(series, query, facts | {"reading": reading})
            if pages is None:
                return None
            keys = [_key(ENDPOINTS[name], item) for items, _ in pages for item in items]
            totals = {total for _, total in pages if total is not None}
            found |= zip(keys, (item for items, _ in pages for item in items), strict=True)
            if len(keys) > len(set(keys)):
                note("items on two pages", f"{series}: {len(keys) - len(set(keys))}")
            if len(totals) > 1:
                note("total changed while being read", f"{series}: {sorted(totals)}")
            settled = len(totals) <= 1 and len(set(keys)) >= max(totals, default=0)
            if settled or (reading > 1 and len(found) == before):
                break
        if len(found) < max(totals, default=0):
            note("fewer items than the total", f"{series}: {len(found)} of {max(totals)} after {reading} readings")
        if ENDPOINTS[name].dated:
            key = series_name(name, identifier, platform)
            self.run.windows[key] = self.run.window(key)
        return list(found.values())

    def _asking(self, name: str, identifier: str, platform: str | None) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """The beginning of a file's name, the query and the facts of a listing."""
        query: dict[str, Any] = {**dict(parse_qsl(ENDPOINTS[name].query)), "limit": ENDPOINTS[name].limit}
        facts = {"document": name, "uuid": identifier}
        if platform:
            facts["platform"] = platform
        series = series_name(name, identifier, platform)
        if ENDPOINTS[name].dated:
            start, end = self.run.window(series)
            query |= {"startDate": str(start), "endDate": str(end)}
            facts |= {"from": str(start), "to": str(end)}
            series += f"__{start}_{end}"
        return series, query, facts

    async def _reading(
        self, series: str, query: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> list[tuple[list[dict], int | None]] | None:
        """Items and total of every page, read by our own count of offsets: `next` may lead astray."""
        endpoint = ENDPOINTS[facts["document"]]
        path = endpoint.path.format(id=quote(facts["uuid"], safe=""), platform=facts.get("platform"))
        again = f"r{facts['reading']}" if facts["reading"] > 1 else ""
        pages: list[tuple[list[dict], int | None]] = []
        seen: set[str] = set()
        offset = 0
        for page in range(1, MAX_PAGES + 1):
            name = f"{series}__p{page:04d}{again}"
            answer = await self.client.answer(name, path, {**query, "offset": offset}, {**facts, "page": page})
            if answer is None:
                return pages or None
            items, block = _items(answer, path), answer.get("page") or {}
            if block.get("offset", offset) != offset:
                self.client.tally.note("page out of order", f"{series}: {block['offset']} for {offset}")
            total = block.get("total")
            pages.append((items, total))
            seen |= {_key(endpoint, item) for item in items}
            offset += block.get("limit") or len(items) or endpoint.limit
            more = block.get("next") if total is None else offset < total or len(seen) < total
            if not items or not more:
                return pages
        raise RequestError(f"{path}: more than {MAX_PAGES} pages: refused")


class Walk:
    """Goes from an artist to everything of it; each song and album once, whoever shares it."""

    def __init__(self, reader: Reader, platforms: Iterable[str] = ()) -> None:
        self.reader, self.wanted = reader, frozenset(platforms)
        if self.wanted & RENAMED:
            self.wanted |= RENAMED
        self._met: set[str] = set()

    async def artists(self, names: Iterable[str]) -> None:
        """Everything of the artists named by uuid or name. Raises CrescendoError if no artist has a name."""
        for name in names:
            uuid = name.lower() if UUID.fullmatch(name) else await self._find(name)
            if await self.reader.document("artist", uuid) is None:
                raise CrescendoError(f"Soundcharts knows no artist {name}: check the uuid, or give the name")
            await self._artist(uuid)

    async def _find(self, name: str) -> str:
        items = await self.reader.listing("artist-search", name) or []
        same = [item for item in items if item["name"].casefold() == name.casefold()]
        if len(same) == 1:
            return same[0]["uuid"]
        shown = "; ".join(f"{item['name']} {item['uuid']}" for item in (same or items)[:5]) or "nobody"
        raise CrescendoError(f"{len(same)} artists are called {name!r} exactly (found: {shown}): give the uuid")

    async def _artist(self, uuid: str) -> None:
        identifiers = await self._tried(self.reader.listing, "artist-identifiers", uuid)
        codes = {item["platformCode"] for item in identifiers or ()} | WITHOUT_IDENTIFIER
        async with asyncio.TaskGroup() as group:

            def start(step: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
                group.create_task(self._tried(step, *arguments))

            if not self.wanted or "soundcharts" in self.wanted:
                start(self.reader.listing, "artist-score", uuid)
            for name, platform in self._on(ARTIST_SERIES, codes):
                start(self.reader.listing, name, uuid, platform)
            for song in self._new(await self._tried(self.reader.listing, "artist-songs", uuid)):
                start(self._song, song)
            for album in self._new(await self._tried(self.reader.listing, "artist-albums", uuid)):
                start(self.reader.document, "album", album)
                start(self.reader.listing, "album-tracks", album)

    async def _song(self, uuid: str) -> None:
        await self._tried(self.reader.document, "song", uuid)
        await self._tried(self.reader.listing, "song-albums", uuid)
        identifiers = await self.reader.listing("song-identifiers", uuid)
        codes = {item["platformCode"] for item in identifiers or ()}
        for name, platform in self._on(SONG_SERIES, codes):
            await self._tried(self.reader.listing, name, uuid, platform)

    def _on(self, table: Mapping[str, str], codes: set[str]) -> list[tuple[str, str]]:
        wanted = codes & self.wanted if self.wanted else codes
        return [(name, code) for name, known in table.items() for code in sorted(wanted & set(known.split()))]

    def _new(self, items: list[dict] | None) -> list[str]:
        uuids = [item["uuid"] for item in items or () if item.get("uuid") and item["uuid"] not in self._met]
        self._met |= set(uuids)
        return uuids

    async def _tried(self, step: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """A step that may fail without ending the rest; the run stays unfinished then."""
        try:
            return await step(*arguments)
        except StoppedError:
            raise
        except RequestError as error:
            self.reader.client.tally.failed.append(str(error))
            return None


def _items(answer: dict, path: str) -> list[dict]:
    if not isinstance(answer.get("items"), list):
        raise RequestError(f"{path}: an answer without items is landed; the source has changed its shape")
    return answer["items"]


def _key(endpoint: Endpoint, item: dict) -> str:
    """What tells an item from others of its listing; old shapes that lack all of it are their own key."""
    values = []
    for field_path in endpoint.key:
        value: Any = item
        for step in field_path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        values.append(value)
    return json.dumps(values if any(value is not None for value in values) else item, sort_keys=True)


def series_name(name: str, identifier: str, platform: str | None) -> str:
    """The beginning of a file's name; a searched term may hold anything, so its digest tells it apart."""
    if name == "artist-search":
        digest = hashlib.sha256(identifier.encode()).hexdigest()[:8]
        identifier = f"{re.sub('[^A-Za-z0-9]+', '-', identifier)[:60]}-{digest}"
    return "__".join(part for part in (name, identifier, platform) if part)


def today() -> date:
    """The day in UTC: the one in which a run is filed, whatever time zone the machine has."""
    return datetime.now(UTC).date()


async def fetch(client: Client, run: Run, artists: Iterable[str], platforms: Iterable[str]) -> Tally:
    """Land everything of some artists; the run is finished only if nothing failed.

    Raises:
        StoppedError: nothing more can be asked; what was landed stays, the next start goes on.
    """
    run.save({})
    finished = False
    try:
        async with client:
            await Walk(Reader(client, run), platforms).artists(artists)
        finished = not client.tally.failed
    finally:
        run.save(client.tally.notes, finished)
    return client.tally
