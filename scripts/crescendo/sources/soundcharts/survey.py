"""What a fetch would cost, at the price of reading the catalogue."""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from crescendo.http.client import Client
from crescendo.sources.soundcharts.fetch import ENDPOINTS, Reader, Walk, series_name
from crescendo.sources.soundcharts.run import Run

WINDOW = re.compile(r"__\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d$")


class Survey(Reader):
    """Counts the calls that a fetch would be charged for, asking only for the catalogue; nothing is landed.

    `calls` is by document. Series are counted with a point a day, which is the most there can be; songs never
    fetched before are taken to be wherever their artist is. `guessed` are the documents so counted.
    """

    ASKED = frozenset(("artist-search", "artist", "artist-identifiers", "artist-songs", "artist-albums"))

    def __init__(self, client: Client, run: Run, to: Path) -> None:
        super().__init__(client, run)
        self.calls: Counter[str] = Counter()
        self.guessed: set[str] = set()
        self.platforms: set[str] = set()
        # the newest first page of each listing; one that was absent has no body
        self._newest = {
            WINDOW.sub("", path.name.removesuffix("__p0001.request.json")): path.with_name(
                path.name.replace(".request.json", ".json")
            )
            for path in sorted(to.glob("????-??-??/*__p0001.request.json"))
        }

    async def document(self, name: str, identifier: str) -> dict | None:
        """A document of the catalogue; of others an empty one."""
        if name in self.ASKED:
            return await self._counted(name, super().document(name, identifier))
        self._count(name, f"{name}__{identifier}")
        return {}

    async def listing(self, name: str, identifier: str, platform: str | None = None) -> list[dict] | None:
        """A listing of the catalogue; of others what was landed before, or a guess."""
        if name in self.ASKED:
            items = await self._counted(name, super().listing(name, identifier, platform))
            if name == "artist-identifiers":
                self.platforms |= {item["platformCode"] for item in items or ()}
            return items
        series, query, _ = self._asking(name, identifier, platform)
        newest = self._newest.get(series_name(name, identifier, platform))
        if newest and not newest.exists():
            return None  # it was absent, and an absence is free
        answer = json.loads(newest.read_bytes()) if newest else {}
        if ENDPOINTS[name].dated:
            days = date.fromisoformat(query["endDate"]) - date.fromisoformat(query["startDate"])
            pages = days.days // ENDPOINTS[name].limit + 1
            unknown = pages > 1
        else:
            pages = -(-((answer.get("page") or {}).get("total") or 1) // ENDPOINTS[name].limit)
            unknown = newest is None
        if unknown:
            self.guessed.add(name)
        for page in range(1, pages + 1):
            self._count(name, f"{series}__p{page:04d}")
        return answer.get("items") or [{"platformCode": code} for code in self.platforms]

    def _count(self, name: str, file: str) -> None:
        if self.client.landing is None or self.client.landing.read(file) is None:
            self.calls[name] += 1

    async def _counted(self, name: str, step: Awaitable[Any]) -> Any:
        before = self.client.tally.asked
        result = await step
        self.calls[name] += self.client.tally.asked - before
        return result


async def survey(client: Client, run: Run, to: Path, artists: Iterable[str], platforms: Iterable[str]) -> Survey:
    """What `fetch` would ask, at the price of reading the catalogue."""
    counted = Survey(client, run, to)
    async with client:
        await Walk(counted, platforms).artists(artists)
    return counted
